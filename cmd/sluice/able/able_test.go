package able_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sluice/cmd/sluice/able"
	"sluice/elements/codec"
	"sluice/engine/element/catalog"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/testdata/registry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// driver is a device's encoder as GStreamer would describe it.
type driver struct{ catalog.Catalog }

func (d driver) Factory(name string) (*catalog.Factory, bool) {
	if !strings.HasSuffix(name, "h264enc") || !codec.Device(name) {
		return d.Catalog.Factory(name)
	}
	return &catalog.Factory{Name: name, Klass: "Codec/Encoder/Video/Hardware", Licence: "LGPL", Pads: []catalog.Pad{
		{Name: "sink", Direction: "sink", Presence: "always", Caps: "video/x-raw,format=NV12"},
		{Name: "src", Direction: "src", Presence: "always", Caps: "video/x-h264"},
	}}, true
}

func trials(t *testing.T, open run.Open) able.Trials {
	t.Helper()
	s, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return able.Trials{Open: open, Catalog: driver{s}}
}

// heard is a fake Runtime that does something as soon as it plays.
type heard struct {
	*fake.Runtime
	plan  *plan.Plan
	plays func(h heard)
}

func (h *heard) Prepare(ctx context.Context, p *plan.Plan, host run.Host) (run.Inlets, error) {
	h.plan = p
	return h.Runtime.Prepare(ctx, p, host)
}

func (h *heard) Start(ctx context.Context) error {
	if err := h.Runtime.Start(ctx); err != nil {
		return err
	}
	h.plays(*h)
	return nil
}

// TestOne: an encoder works if a picture comes out, and whatever else happens says why it does not.
func TestOne(t *testing.T) {
	picture := func(h heard) {
		h.Deliver(h.plan.Bridges[0].Name, &media.Unit{Key: true, AU: [][]byte{{0x65, 1, 2, 3}}})
	}
	for name, c := range map[string]struct {
		plays func(h heard)
		want  string
	}{
		"a picture": {picture, ""},
		"an empty one, and the end": {func(h heard) {
			h.Deliver(h.plan.Bridges[0].Name, &media.Unit{})
			h.Tell(run.Notice{Kind: run.Broken, Err: fault.New(fault.GstElement, "trial/enc", "no session is left")})
		}, "no session is left"},
		"it fails and does not say why": {func(h heard) { h.Tell(run.Notice{Kind: run.Broken}) }, "it failed and did not say why"},
		"it crashes":                    {func(h heard) { h.Crash(fault.New(fault.Lost, "", "the worker crashed")) }, "the worker crashed"},
	} {
		t.Run(name, func(t *testing.T) {
			rt := fake.New()
			tr := trials(t, func(string) (run.Runtime, error) { return &heard{Runtime: rt, plays: c.plays}, nil })
			err := tr.One(t.Context(), "nvh264enc")
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("it is %v, not %q", err, c.want)
			}
			calls := rt.Calls()
			if last := calls[len(calls)-1]; last.Call != run.CallStop {
				t.Errorf("the last call was %s", last.Call)
			}
		})
	}
}

// TestHang: a driver that hangs is given up.
func TestHang(t *testing.T) {
	rt := fake.New()
	_, release := rt.Wedge(run.CallStart)
	defer release()
	tr := trials(t, func(string) (run.Runtime, error) { return rt, nil })
	tr.Limit = time.Millisecond
	if err := tr.One(t.Context(), "nvh264enc"); err == nil || err.Error() != "it gave no picture within 1ms" {
		t.Errorf("it is %v", err)
	}
}

// TestAllHang: drivers that hang are given up together. They keep nobody from being tried who goes to another one.
func TestAllHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var opened sync.Map
		tr := trials(t, func(id string) (run.Runtime, error) {
			opened.Store(id, true)
			rt := fake.New()
			if id == "trial-vah264enc" {
				return &heard{Runtime: rt, plays: func(h heard) { h.Deliver(h.plan.Bridges[0].Name, &media.Unit{AU: [][]byte{{1}}}) }}, nil
			}
			_, release := rt.Wedge(run.CallStart)
			t.Cleanup(release)
			return rt, nil
		})
		began := time.Now()
		got := tr.All(t.Context(), []string{"nvh264enc", "nvh265enc", "vah264enc", "qsvh264enc", "msdkh264enc"})
		if took := time.Since(began); took > 8*time.Second {
			t.Errorf("it took %s", took)
		}
		for name, want := range map[string]string{
			"nvh264enc": "it gave no picture within 6s", "qsvh264enc": "it gave no picture within 6s", "msdkh264enc": "it gave no picture within 6s",
			"nvh265enc": "it was not tried, as nvh264enc took all the time there was", "vah264enc": "<nil>",
		} {
			if err := fmt.Sprint(got[name]); err != want {
				t.Errorf("%s: %s", name, err)
			}
		}
		if _, tried := opened.Load("trial-nvh265enc"); tried {
			t.Error("the driver that hangs was asked again")
		}
	})
}

// TestAll: each has an outcome of its own, whatever becomes of the others.
func TestAll(t *testing.T) {
	tr := trials(t, func(id string) (run.Runtime, error) {
		rt := fake.New()
		if id == "trial-nvh264enc" {
			rt.Fail(run.CallPrepare, fault.New(fault.GstElement, "trial/enc", "no driver answers"))
		}
		return &heard{Runtime: rt, plays: func(h heard) { h.Deliver(h.plan.Bridges[0].Name, &media.Unit{AU: [][]byte{{1}}}) }}, nil
	})
	got := tr.All(t.Context(), []string{"nvh264enc", "vah264enc", "opusenc"})
	if len(got) != 3 || got["vah264enc"] != nil || got["nvh264enc"] == nil || got["opusenc"] == nil {
		t.Errorf("outcomes are %v", got)
	}
	if err := got["nvh264enc"]; err.Error() != "no driver answers" {
		t.Errorf("where a trial failed is told: %v", err)
	}
	if tr.Open = func(string) (run.Runtime, error) { return nil, errors.New("no workers") }; tr.One(t.Context(), "vah264enc") == nil {
		t.Error("without workers it passes")
	}
}

// TestSettings: what is tried is what will be used.
func TestSettings(t *testing.T) {
	var tried *plan.Plan
	tr := trials(t, func(string) (run.Runtime, error) {
		return &heard{Runtime: fake.New(), plays: func(h heard) {
			tried = h.plan
			h.Deliver(h.plan.Bridges[0].Name, &media.Unit{AU: [][]byte{{1}}})
		}}, nil
	})
	if err := tr.One(t.Context(), "nvh264enc"); err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, e := range tried.Pipelines[0].Elements {
		words := e.Factory
		for _, s := range e.Props {
			words += " " + s.Name + "=" + s.Text
		}
		text = append(text, words)
	}
	const want = "nvh264enc bitrate=1935 gop-size=60 bframes=0 zerolatency=true preset=low-latency-hq rc-mode=cbr"
	if all := strings.Join(text, "\n"); !strings.Contains(all, want) || !strings.Contains(all, "h264parse") {
		t.Errorf("there is no %q in\n%s", want, all)
	}
}
