package doctor

import (
	"context"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"sluice/elements/codec/choice"
	"sluice/engine/element/catalog"
	"sluice/engine/fault"
)

// ailment is one thing that is wrong with a machine, and what the check of it must say.
type ailment struct {
	name  string
	check string
	ail   func(m *Machine)
	level Level
	says  string // a part of it
	do    string // a part of it
}

func limit(r Resource, n uint64) func(*Machine) {
	return func(m *Machine) { m.System.(*system).limits[r] = n }
}

func file(name, content string) func(*Machine) {
	return func(m *Machine) { m.with(name, text(content)) }
}

func lives(names ...string) func(*Machine) {
	return func(m *Machine) {
		c := installed{}
		for _, n := range names {
			c[n] = ""
		}
		m.Live = func() (catalog.Catalog, error) { return c, nil }
	}
}

func decides(list ...choice.Verdict) func(*Machine) {
	return func(m *Machine) { m.Encoders = list }
}

func unable(m *Machine) { m.System.(*system).err = errBroken }

func refuses(err error, addresses ...string) func(*Machine) {
	return func(m *Machine) {
		bind := map[string]error{}
		for _, a := range addresses {
			bind[a] = err
		}
		m.System.(*system).bind = bind
	}
}

func ailments() []ailment {
	return []ailment{
		{"built without", "gstreamer", func(m *Machine) { m.Live, m.Pure = noGst, true }, Warn, "this build has none", "make build"},
		{"refuses to start", "gstreamer", func(m *Machine) { m.Live = noGst }, Fail, "does not start", "gst-inspect-1.0"},
		{"does not start", "gstreamer", func(m *Machine) { m.Live = func() (catalog.Catalog, error) { return nil, errBroken } }, Fail, "broken", ".ci/setup run"},
		{"too old", "gstreamer", func(m *Machine) {
			m.Live = func() (catalog.Catalog, error) { return older{nil, "GStreamer 1.20.3"}, nil }
		}, Fail, "1.20.3 is too old", "1.22"},
		{"newer", "gstreamer", func(m *Machine) {
			m.Live = func() (catalog.Catalog, error) { return older{nil, "GStreamer 1.26.1"}, nil }
		}, OK, "1.26.1", ""},
		{"of no version", "gstreamer", func(m *Machine) { m.Live = func() (catalog.Catalog, error) { return older{nil, "GStreamer"}, nil } }, Skip, "", ""},
		{"graph lacks", "elements", lives("x264enc"), Fail, "vp8enc (for jobs/transcode)", "gstreamer1.0-plugins-good"},
		{"convert lacks", "elements", lives("vp8enc"), Warn, "x264enc (for convert)", "gstreamer1.0-plugins-ugly"},
		{"a device encodes", "encoders", decides(choice.Verdict{Codec: "h264", Encoder: "vah264enc", Device: true}), OK, "h264 by vah264enc, on a device", ""},
		{"a device fails", "encoders", decides(choice.Verdict{
			Codec: "h264", Encoder: "x264enc", Others: []string{"nvh264enc failed its trial: no session is left"},
		}), Warn, "h264: nvh264enc failed its trial: no session is left; x264enc does it", "driver"},
		{"a device is not wanted", "encoders", decides(choice.Verdict{
			Codec: "h264", Encoder: "x264enc", Others: []string{"nvh264enc needs a device, which media.hardware rules out"},
		}), Skip, "media.hardware rules out", ""},
		{"nothing encodes", "encoders", decides(choice.Verdict{Codec: "h265", Others: []string{"x265enc is under the GPL"}}), Skip,
			"cannot be encoded: h265 (x265enc is under the GPL)", ""},
		{"nothing decodes", "encoders", func(m *Machine) { m.Undecodable = []string{"aac", "g729"} }, Skip, "aac, g729", ""},
		{"nobody knows", "elements", func(m *Machine) { m.Needs = []Need{{"newsink", "g", true}} }, Fail, "newsink", "gst-inspect-1.0 newsink"},
		{"no gst for elements", "elements", func(m *Machine) { m.Live = noGst }, Skip, "", ""},
		{"no bcg729", "g729", func(m *Machine) { m.with("usr/lib/x86_64-linux-gnu/libbcg729.so.0", nil) }, Warn, "not made", "libbcg729-0"},
		{"bcg729 elsewhere", "g729", func(m *Machine) {
			m.with("etc/ld.so.cache", nil)
			m.with("opt/x/libbcg729.so.0", text(""))
			m.Env = func(n string) string { return map[string]string{"LD_LIBRARY_PATH": "lib:/opt/x"}[n] }
		}, OK, "/opt/x/libbcg729.so.0", ""},
		{"cache read only", "cache", func(m *Machine) { m.System.(*system).space.Writable = false }, Warn, "/home/ada/.cache/gstreamer-1.0 cannot be written", "GST_REGISTRY"},
		{"cache named", "cache", func(m *Machine) {
			m.Env = func(n string) string { return map[string]string{"GST_REGISTRY": "/var/gst.bin"}[n] }
		}, OK, "/var", ""},
		{"no gst, no cache", "cache", func(m *Machine) { m.Live = noGst }, Skip, "", ""},
		{"no workers", "worker", func(m *Machine) { m.Spawn = nil }, Skip, "none", ""},
		{"worker dies", "worker", func(m *Machine) { m.Spawn = func(context.Context) (time.Duration, error) { return 0, errBroken } }, Fail, "broken", "sluice worker"},
		{"worker refused", "worker", func(m *Machine) {
			m.Spawn = func(context.Context) (time.Duration, error) {
				return 0, fault.New(fault.Lost, "w", "it hangs").Advise("kick it")
			}
		}, Fail, "it hangs", "kick it"},
		{"worker slow", "worker", func(m *Machine) { m.Spawn = func(context.Context) (time.Duration, error) { return time.Second, nil } }, Warn, "takes 1s", "busy"},
		{"few files", "files", limit(OpenFiles, 4096), Warn, "4096", "ulimit -n"},
		{"too few files", "files", limit(OpenFiles, 256), Fail, "256", "LimitNOFILE"},
		{"files unknown", "files", unable, Skip, "broken", ""},
		{"few processes", "processes", limit(Processes, 500), Warn, "500", "ulimit -u"},
		{"processes unknown", "processes", unable, Skip, "broken", ""},
		{"group of few", "processes", file("sys/fs/cgroup/init.scope/pids.max", "100\n"), Warn, "100", "TasksMax"},
		{"group of enough", "processes", file("sys/fs/cgroup/init.scope/pids.max", "9000\n"), OK, "9000", ""},
		{"core dumps", "core", limit(CoreSize, Unlimited), OK, "workers write none", ""},
		{"core unknown", "core", unable, Skip, "broken", ""},
		{"few addresses", "memory", limit(AddressSpace, 1<<20), Warn, "1 MB", "LimitAS"},
		{"little memory", "memory", file("proc/meminfo", "MemAvailable: 1024 kB\n"), Warn, "1 MB", "add memory"},
		{"small group", "memory", file("sys/fs/cgroup/init.scope/memory.max", "268435456\n"), Warn, "256 MB", "MemoryMax"},
		{"group above", "memory", file("sys/fs/cgroup/memory.max", "1073741824\n"), OK, "1 GB by the control group", ""},
		{"group without limit", "memory", file("sys/fs/cgroup/init.scope/memory.max", "max\n"), OK, "8 GB free", ""},
		{"no meminfo", "memory", func(m *Machine) { m.with("proc/meminfo", nil) }, Skip, "meminfo", ""},
		{"old groups", "memory", func(m *Machine) {
			m.with("proc/self/cgroup", text("5:memory:/docker/abc\n1:name=systemd:/x\nnonsense\n"))
			m.with("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", text("104857600"))
		}, Warn, "100 MB", "--memory"},
		{"old groups without limit", "memory", func(m *Machine) {
			m.with("proc/self/cgroup", text("5:memory:/\n"))
			m.with("sys/fs/cgroup/memory/memory.limit_in_bytes", text("9223372036854771712"))
		}, OK, "free", ""},
		{"half a processor", "cpu", file("sys/fs/cgroup/init.scope/cpu.max", "50000 100000\n"), Warn, "0.5 of a processor", "CPUQuota"},
		{"two of eight", "cpu", file("sys/fs/cgroup/cpu.max", "200000 100000\n"), OK, "2 of 8", ""},
		{"no quota", "cpu", file("sys/fs/cgroup/cpu.max", "max 100000\n"), OK, "8 processors", ""},
		{"one processor", "cpu", func(m *Machine) { m.CPUs = 1 }, OK, "1 processor", ""},
		{"old quota", "cpu", func(m *Machine) {
			m.with("proc/self/cgroup", text("4:cpu,cpuacct:/d\n"))
			m.with("sys/fs/cgroup/cpu/d/cpu.cfs_quota_us", text("20000"))
			m.with("sys/fs/cgroup/cpu/d/cpu.cfs_period_us", text("100000"))
		}, Warn, "0.2 of a processor", ""},
		{"no shm", "shm", func(m *Machine) { m.with("dev/shm", nil) }, Warn, "no /dev/shm", "tmpfs"},
		{"small shm", "shm", func(m *Machine) { m.System.(*system).space.Total = 1 << 20 }, Warn, "1 MB", "--shm-size"},
		{"shm unknown", "shm", unable, Skip, "broken", ""},
		{"privileged port", "ports", refuses(fs.ErrPermission, "tcp:554"), Warn, "554/tcp of RTSP is only for privileged users", "rtsp.port; `serve --dev` takes 8554"},
		{"taken port", "ports", refuses(syscall.EADDRINUSE, "udp:1935"), Warn, "1935/udp of RTMFP is taken", "set rtmfp.port"},
		{"odd port", "ports", refuses(errBroken, "tcp:2002"), Warn, "2002/tcp of SSH console cannot be opened: broken", "ssh.ports"},
		{"loopback only", "ports", refuses(syscall.EADDRINUSE, "tcp127.0.0.1:7777"), Warn, "7777/tcp of metrics", "metrics.listen"},
		{"a few of a range", "ports", refuses(syscall.EADDRINUSE, "udp:31500", "udp:31501"), OK, "free", ""},
		{"another telephone exchange", "ports", refuses(syscall.EADDRINUSE, "udp:5060"), Skip, "5060/udp of SIP is taken: sip.listen", ""},
		{"its ports do no harm", "ports", refuses(syscall.EADDRINUSE, "udp:5060", "tcp:5060"), OK, "all that serve opens", ""},
		{"no place for lines", "ports", func(m *Machine) {
			var all []string
			for n := 30000; n < 30200; n++ {
				all = append(all, "tcp:"+amount(uint64(n)))
			}
			refuses(syscall.EADDRINUSE, all...)(m)
		}, Warn, "30000-30999/tcp of SIP: 200 of 1000 cannot be opened", "set sip.ports"},
		{"coarse clock", "clock", func(m *Machine) { m.System.(*system).clock.Resolution = 4 * time.Millisecond }, Warn, "steps of 4ms", "kernel"},
		{"drifting", "clock", func(m *Machine) { m.System.(*system).clock.Synchronised = false }, Warn, "time of day", "chrony"},
		{"slow clock", "clock", file("sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n"), Warn, "hpet", "tsc"},
		{"clock unknown", "clock", unable, Skip, "broken", ""},
		{"small buffers", "buffers", file("proc/sys/net/core/rmem_max", "212992\n"), Warn, "net.core.rmem_max is 208 KB", "sysctl -w net.core.rmem_max=2500000"},
		{"buffers hidden", "buffers", func(m *Machine) {
			m.with("proc/sys/net/core/rmem_max", nil)
			m.with("proc/sys/net/core/wmem_max", nil)
		}, Skip, "container", ""},
		{"intel without driver", "gpu", func(m *Machine) {
			m.with("dev/dri/renderD128", text(""))
			m.with("sys/class/drm/renderD128/device/vendor", text("0x8086\n"))
		}, Warn, "va offers no vah264enc", "intel-media-va-driver"},
		{"amd without driver", "gpu", file("dev/dri/renderD129", ""), Warn, "/dev/dri/renderD129", "mesa-va-drivers"},
		{"amd", "gpu", func(m *Machine) { file("dev/dri/renderD129", "")(m); lives("vah264lpenc")(m) }, OK, "va (vah264lpenc)", ""},
		{"nvidia", "gpu", func(m *Machine) { file("dev/nvidia0", "")(m); lives("nvh264enc")(m) }, OK, "/dev/nvidia0, used through nvcodec", ""},
		{"nvidia without driver", "gpu", func(m *Machine) {
			m.with("dev/nvidia0", text(""))
			m.with("dev/dri/renderD128", text(""))
			m.with("sys/class/drm/renderD128/device/vendor", text("0x10de\n"))
		}, Warn, "/dev/nvidia0", "libnvidia-encode1"},
		{"gpu of others", "gpu", func(m *Machine) {
			m.with("dev/dri/renderD128", text(""))
			m.Root = locked{m.Root, "dev/dri/renderD128"}
		}, Warn, "may not use it", "groups render"},
		{"no gst, no gpu", "gpu", func(m *Machine) { m.Live = noGst }, Skip, "", ""},
	}
}

// locked is a file system with one file that may not be opened.
type locked struct {
	fs.FS
	name string
}

func (l locked) Open(name string) (fs.File, error) {
	if name == l.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.FS.Open(name)
}

func (l locked) Glob(pattern string) ([]string, error) { return fs.Glob(l.FS, pattern) }

func TestEachAilmentIsFound(t *testing.T) {
	for _, a := range ailments() {
		m := healthy()
		a.ail(m)
		hit := false
		for _, f := range Run(t.Context(), m) {
			if f.Check != a.check {
				continue
			}
			hit = hit || f.Level == a.level && strings.Contains(f.Says, a.says) && strings.Contains(f.Do, a.do)
			if (f.Do != "") != (f.Level == Warn || f.Level == Fail) {
				t.Errorf("%s: remedy %q of a finding that is %s", a.name, f.Do, f.Level)
			}
			if !hit {
				t.Logf("%s: %+v", a.name, f)
			}
		}
		if !hit {
			t.Errorf("%s: want %s %q, do %q", a.name, a.level, a.says, a.do)
		}
	}
}

// Every check has an ailment, so that none can be added without a test that sees it find something.
func TestEachCheckHasAnAilment(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range ailments() {
		seen[a.check] = seen[a.check] || a.level == Warn || a.level == Fail || a.check == "core"
	}
	for _, c := range Checks() {
		if !seen[c.Name] {
			t.Errorf("no test makes %q find anything", c.Name)
		}
	}
}

func TestManyOfARange(t *testing.T) {
	m := healthy()
	var all []string
	for n := 31001; n <= 31200; n++ {
		all = append(all, "udp:"+amount(uint64(n)))
	}
	refuses(syscall.EADDRINUSE, all...)(m)
	list := ports(t.Context(), m)
	if len(list) != 1 || list[0].Level != Warn || !strings.Contains(list[0].Says, "31001-31999/udp of RTP of SIP: 200 of 999") {
		t.Errorf("%+v", list)
	}
}

func TestWhoHasAPort(t *testing.T) {
	m := healthy()
	m.with("proc/net/tcp6", text("  sl  local_address\n   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 4711 1 0 100 0\n"))
	m.with("proc/net/tcp", text("   0: 0100007F:1F90 0100007F:1F91 01 0:0 0:0 0 0 0 4712 1 0 100 0\n"))
	m.with("proc/812/comm", text("nginx\n"))
	m.with("proc/812/fd/5", &fstest.MapFile{Data: []byte("socket:[4711]"), Mode: fs.ModeSymlink})
	m.with("proc/813/comm", text("client\n"))
	m.with("proc/813/fd/6", &fstest.MapFile{Data: []byte("socket:[4712]"), Mode: fs.ModeSymlink})
	if got := m.holder("tcp", 8080); got != " by nginx (process 812)" {
		t.Errorf("got %q", got)
	}
	for _, p := range []int{8081, 7} {
		if got := m.holder("tcp", p); got != "" {
			t.Errorf("%d: %q", p, got)
		}
	}
	m.with("proc/812/fd/5", nil)
	if got := m.holder("tcp", 8080); got != "" {
		t.Errorf("of somebody else: %q", got)
	}
}
