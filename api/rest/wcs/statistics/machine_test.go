package statistics_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"sluice/api/rest/wcs/statistics"
)

func TestProc(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"meminfo":   "MemTotal:       1000 kB\nMemFree:          10 kB\nMemAvailable:    200 kB\nodd\n",
		"loadavg":   "1.25 0.50 0.10 2/300 4000\n",
		"self/stat": "42 (a (name) 9) S 1 42 42 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 9 0 1000 1000000 500\n",
		"self/fd/0": "", "self/fd/1": "",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := statistics.Proc(dir)
	if total, free := p.Memory(); total != 1000<<10 || free != 200<<10 {
		t.Error(total, free)
	}
	if p.Load() != 1.25 || p.Busy() != 2*time.Second || p.Files() != 2 {
		t.Error(p.Load(), p.Busy(), p.Files())
	}
	none := statistics.Proc(filepath.Join(dir, "nowhere"))
	if total, free := none.Memory(); total+free != 0 || none.Load() != 0 || none.Busy() != 0 || none.Files() != 0 {
		t.Error("something of nothing")
	}
}

// TestProcOfThisMachine: what Linux says can be read.
func TestProcOfThisMachine(t *testing.T) {
	p := statistics.Proc("/proc")
	if total, free := p.Memory(); total <= free || free <= 0 || p.Files() == 0 {
		t.Error(total, free, p.Files())
	}
}
