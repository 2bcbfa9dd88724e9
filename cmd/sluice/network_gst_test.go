//go:build cgo && !nogst

package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine/enginetest/program"
)

// TestGraphsOfGStreamersOwnNetworking runs the shipped graphs in which GStreamer calls others, against a server of ours and a
// folder of files behind HTTP; what they publish is looked at as it is played.
func TestGraphsOfGStreamersOwnNetworking(t *testing.T) {
	t.Parallel()
	s, rtmp, rtsp := serveOld(t)
	encoder(t, "green", "rtmp://"+rtmp+"/live/cam", "-f", "flv")
	s.there("cam")
	hls := httptest.NewServer(http.FileServer(http.Dir(segments(t))))
	t.Cleanup(hls.Close)
	for _, c := range []struct{ graph, colour, url, stream, shown string }{
		{"gst/rtsp", "green", "rtsp://" + rtsp + "/cam", "by-rtsp", "by-rtsp"},
		{"gst/rtmp_in", "green", "rtmp://" + rtmp + "/live/cam", "by-rtmp", "by-rtmp"},
		{"gst/rtmp_out", "green", "rtmp://" + rtmp + "/live/pushed", "cam", "pushed"},
		{"gst/hls", "blue", hls.URL + "/index.m3u8", "by-hls", "by-hls"},
	} {
		t.Run(c.graph, func(t *testing.T) {
			s := *s
			s.t = t
			s.want(http.StatusCreated, "POST /v1/pipelines?wait=10s", J{"graph": c.graph, "id": c.shown, "params": J{"url": c.url, "stream": c.stream}})
			s.there(c.shown)
			watch(t, c.graph, "-rtsp_transport", "tcp", "-i", "rtsp://"+rtsp+"/"+c.shown).sees(t, c.colour, 50)
			if at := s.Call(t, "GET /v1/pipelines/"+c.shown, nil).Text; !strings.Contains(at, `"state":"live"`) {
				t.Error(at)
			}
			s.want(http.StatusAccepted, "DELETE /v1/pipelines/"+c.shown+"?drain=0s", nil)
		})
	}
}

// there waits until a stream is published.
func (s *restServer) there(stream string) {
	s.t.Helper()
	s.until(stream+" is there", func() bool { return s.Call(s.t, "GET /v1/streams/"+stream, nil).StatusCode == http.StatusOK })
}

// segments makes HLS of blue pictures and a tone, of twenty seconds, and gives its folder.
func segments(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	args := strings.Fields("-hide_banner -loglevel error -f lavfi -i color=blue:size=320x180:rate=25 -f lavfi -i sine=frequency=440 -t 20 " +
		"-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50 -c:a aac -f hls -hls_time 2 -hls_list_size 0")
	args = append(args, filepath.Join(folder, "index.m3u8"))
	program.Output(t, "ffmpeg", args...)
	return folder
}
