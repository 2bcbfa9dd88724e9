package browser

import (
	"path/filepath"
	"slices"
	"testing"

	"sluice/cmd/sluice/browser/drive"
)

// conversions are scenarios in which media is converted, so their servers have GStreamer and workers. Each has its own
// server: how many workers there are is part of what they show. Two run at a time, but for those that need the whole machine.
func conversions() []scenario {
	return []scenario{
		{name: "conversion", servers: 1},
		{name: "wishes", servers: 1},
		{name: "crash", servers: 1, alone: true},
		{name: "strip", servers: 1},
		{name: "sources", servers: 1, settings: []string{"SLUICE_CPUS=16"}},
		{name: "refused", servers: 1},
		{name: "manager_wishes", servers: 1, settings: []string{"SLUICE_CPUS=16"}},
		{name: "vod", settings: []string{"SLUICE_MEDIA_FOLDER=../../../out/browser/vod", "SLUICE_CPUS=16"}},
		{name: "rtmp", servers: 1, settings: []string{"SLUICE_RTMP_LISTEN={tcp}", "SLUICE_RTMP_TLS_LISTEN="}},
		{name: "stream_snapshot", servers: 1},
		{name: "rtmp_republishing", settings: []string{"SLUICE_RTMP_LISTEN={tcp}", "SLUICE_RTMP_TLS_LISTEN=", "SLUICE_WEBSOCKET_HOSTS=127.0.0.1"}},
		{name: "mse", servers: 1},
		{name: "mse_several", servers: 1},
		{name: "wsplayer", servers: 1},
		{name: "rest_api", settings: []string{"SLUICE_REST_LISTEN={tcp}", "SLUICE_REST_TLS_LISTEN=", "SLUICE_REST_ORIGINS=*", "SLUICE_CPUS=16"}},
	}
}

func TestConversions(t *testing.T) {
	needBrowser(t)
	path, err := programWithGStreamer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(removePrograms)
	out := outFolder(t)
	// Two run beside each other, as most wait most of the time; each in a browser of its own, or they would share a camera, whose pictures
	// have the size that the first of them asks for.
	drivers := make(chan *drive.Driver, 2)
	for range cap(drivers) {
		drivers <- drive.Start(t)
	}
	for _, s := range slices.Concat(conversions(), hls(), mixers(), phones()) {
		t.Run(s.name, func(t *testing.T) {
			if !s.alone {
				t.Parallel()
			}
			d := <-drivers
			defer func() { drivers <- d }()
			play(t, d, s, path, nil, filepath.Join(out, s.name))
		})
	}
}
