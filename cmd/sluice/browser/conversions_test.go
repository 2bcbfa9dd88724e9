package browser

import (
	"os"
	"path/filepath"
	"testing"
)

// conversions are scenarios in which media is converted, so their servers have GStreamer and workers. Each has its own
// server: how many workers there are is part of what they show. They run one after the other, since each keeps a processor busy.
func conversions() []scenario {
	return []scenario{
		{name: "conversion", servers: 1},
		{name: "wishes", servers: 1},
		{name: "crash", servers: 1},
		{name: "strip", servers: 1},
		{name: "sources", servers: 1, settings: []string{"SLUICE_CPUS=16"}},
		{name: "refused", servers: 1},
		{name: "manager_wishes", servers: 1, settings: []string{"SLUICE_CPUS=16"}},
		{name: "rtmp", servers: 1, settings: []string{"SLUICE_RTMP_LISTEN={tcp}", "SLUICE_RTMP_TLS_LISTEN="}},
		{name: "mse", servers: 1},
		{name: "mse_several", servers: 1},
		{name: "wsplayer", servers: 1},
	}
}

func TestConversions(t *testing.T) {
	needBrowser(t)
	path, err := programWithGStreamer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(removePrograms)
	out, err := filepath.Abs(filepath.Join("..", "..", "..", "out", "browser"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	d := startDriver(t)
	for _, s := range conversions() {
		t.Run(s.name, func(t *testing.T) { play(t, d, s, path, nil, filepath.Join(out, s.name)) })
	}
}
