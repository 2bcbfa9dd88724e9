package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"sluice/engine/element/catalog"
)

// gpu looks for devices and for the elements that use them. The plugins are always there; they offer elements only if a driver
// answers (GStreamer 1.22).
func gpu(_ context.Context, m *Machine) []Finding {
	live, err := m.Live()
	if err != nil {
		return skipped("without GStreamer none is used")
	}
	var out []Finding
	if _, err := fs.Stat(m.Root, "dev/nvidia0"); err == nil {
		out = append(out, m.device(live, "dev/nvidia0", "nvcodec", "nvh264enc",
			"install NVIDIA's driver with its encoder library (Debian: libnvidia-encode1); in a container, give it the video capability"))
	}
	renders, _ := fs.Glob(m.Root, "dev/dri/renderD*") // the pattern is well formed
	for _, dev := range renders {
		vendor := m.text(path.Join("sys/class/drm", path.Base(dev), "device/vendor"))
		if vendor == "0x10de" { // NVIDIA's are used through nvcodec
			continue
		}
		driver := "mesa-va-drivers"
		if vendor == "0x8086" {
			driver = "intel-media-va-driver"
		}
		out = append(out, m.device(live, dev, "va", "vah264enc", "as root, run: apt-get install "+driver))
	}
	if len(out) == 0 {
		return good("none: pictures are coded by the processor")
	}
	return out
}

// device is the finding of one device. The encoder stands for all that a plugin offers.
func (m *Machine) device(live catalog.Catalog, dev, plugin, encoder, remedy string) Finding {
	f, err := m.Root.Open(dev)
	if err == nil {
		defer f.Close()
	}
	if errors.Is(err, fs.ErrPermission) {
		return Finding{
			Level: Warn, Says: fmt.Sprintf("/%s is there, and this user may not use it", dev),
			Do: "add the user to the groups render and video, or give the container the device",
		}
	}
	for _, name := range live.Names() {
		if name == encoder || strings.HasPrefix(name, strings.TrimSuffix(encoder, "enc")) && strings.HasSuffix(name, "enc") {
			return Finding{Level: OK, Says: fmt.Sprintf("/%s, used through %s (%s)", dev, plugin, name)}
		}
	}
	return Finding{
		Level: Warn, Says: fmt.Sprintf("/%s is there, but %s offers no %s: its driver does not answer", dev, plugin, encoder), Do: remedy,
	}
}
