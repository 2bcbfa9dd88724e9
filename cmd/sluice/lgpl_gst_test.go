//go:build cgo && !nogst

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	pion "github.com/pion/webrtc/v4"

	"sluice/engine/element/catalog"
	"sluice/engine/enginetest/program"
	snapshot "sluice/testdata/registry"
)

// makes is how GStreamer says which element it makes.
var makes = regexp.MustCompile(`creating element "([^"]+)"`)

// withoutGPL is the environment of a server that uses nothing under the GPL, and notes in a folder which elements it makes.
func withoutGPL(folder string) []string {
	return []string{
		"SLUICE_MEDIA_LICENCE=lgpl", "GST_DEBUG=GST_ELEMENT_FACTORY:4", "GST_DEBUG_NO_COLOR=1", "GST_DEBUG_FILE=" + filepath.Join(folder, "%p"),
	}
}

// usedNoGPL looks at the elements that were made: none is under the GPL, and those that must be among them are.
func usedNoGPL(t *testing.T, folder string, must ...string) {
	t.Helper()
	cat, err := snapshot.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range makes.FindAllStringSubmatch(string(text), -1) {
			all[line[1]] = true
		}
	}
	for name := range all {
		if licence := catalog.Licence(cat, name); strings.HasPrefix(licence, "GPL") {
			t.Errorf("%s was used, whose licence is %s", name, licence)
		}
	}
	for _, name := range must {
		if !all[name] {
			t.Errorf("%s was not used", name)
		}
	}
}

// TestMixerWithoutTheGPL: pictures and sounds are mixed as ever. Of a guest who sends AAC, which nothing decodes then, the picture is
// there, he hears the others, and the log says what is missing.
func TestMixerWithoutTheGPL(t *testing.T) {
	t.Parallel()
	seen := t.TempDir()
	p := serveParty(t, withoutGPL(seen)...)
	p.guest("RTMP", "ann#hall", "red", 440)
	p.guest("RTSP", "ben#hall", "green", 1000, "-c:a", "libopus")
	p.guest("RTSP", "cyd#hall", "blue", 2500, "-c:v", "libvpx", "-tune", "psnr", "-deadline", "realtime", "-c:a", "libopus")
	for _, name := range []string{"ann", "ben", "cyd"} {
		p.there(name + "%23hall")
	}
	shown, room, ann := p.at("hall"), p.of("hall"), p.of("hall-annhall")
	shown.shows(p.restServer, "all three", "3,2 red", "12,2 green", "8,6 blue", "1,7 black")
	room.until(p.restServer, 1000, 2500)
	ann.until(p.restServer, 1000, 2500)
	p.errs.await(t, `track left out.*node=seat\[ann\S*/in kind=audio why="audio: aac cannot be decoded`)
	usedNoGPL(t, seen, "openh264enc", "openh264dec", "vp8dec", "opusdec", "opusenc")
}

// TestTranscodersWithoutTheGPL: sizes, rates and codecs are those that are asked for, also of a ladder, and sound in AAC passes.
func TestTranscodersWithoutTheGPL(t *testing.T) {
	t.Parallel()
	program.Need(t, "ffmpeg", "ffprobe")
	seen := t.TempDir()
	s := serveHLS(t, withoutGPL(seen)...)
	rtsp := s.rtsp + "/"
	encoder(t, "gray", "rtmp://127.0.0.1:"+s.out.await(t, `RTMP +rtmp://localhost:(\d+)`)[1]+"/live/cam", "-vf", "noise=alls=80:allf=u", "-f", "flv")
	encoder(t, "green", rtsp+"web", "-c:a", "libopus", "-rtsp_transport", "tcp", "-f", "rtsp")
	s.published("cam")
	s.published("web")
	for _, r := range []struct {
		from, name string
		body       J
		want       wanted
	}{
		{"cam", "small", J{"encoder": J{"width": 160, "height": 90, "fps": 10, "keyFrameInterval": 20}}, wanted{"h264 160x90, aac 44100/1", 10, 0, 20}},
		{"web", "old", J{"encoder": J{"width": 96, "height": 54, "codec": "VP8"}}, wanted{"vp8 96x54, opus 48000/2", 25, 0, 0}},
	} {
		s.old("/transcoder/startup", J{"uri": "transcoder://" + r.name, "remoteStreamName": r.from, "localStreamName": r.name, "encoder": r.body["encoder"]})
		s.published(r.name)
		r.want.hold(t, r.name, probe(t, 4, rtsp+r.name))
	}

	s.smallLadder()
	s.plays(s.at+"/web-HLS-SMALL-STREAM/index.m3u8", "h264", "192,108")
	usedNoGPL(t, seen, "openh264enc", "openh264dec", "vp8enc", "voaacenc", "opusdec")
}

// TestViewerWithoutTheGPL: a browser that plays H.264 with AAC, which nothing decodes then, is given the picture alone. One that wants
// nothing but sound is refused.
func TestViewerWithoutTheGPL(t *testing.T) {
	t.Parallel()
	p := serveParty(t, withoutGPL(t.TempDir())...)
	p.guest("RTMP", "cam", "red", 440)
	p.there("cam")
	came := make(chan string, 2)
	pc := peer(t)
	receives(t, pc, pion.RTPCodecTypeVideo, pion.RTPCodecTypeAudio)
	pc.OnTrack(func(track *pion.TrackRemote, _ *pion.RTPReceiver) { came <- track.Codec().MimeType })
	offer(t, pc, p.page+"/cam/whep")
	select {
	case got := <-came:
		if got != pion.MimeTypeH264 {
			t.Errorf("what comes is %s", got)
		}
	case <-time.After(patience):
		t.Fatal("no picture comes")
	}
	p.errs.await(t, `track left out.*stream=cam.*kind=audio.*aac cannot be decoded: avdec_aac is under the GPL`)
	deaf := peer(t)
	receives(t, deaf, pion.RTPCodecTypeAudio)
	if _, err := exchange(t.Context(), deaf, p.page+"/cam/whep"); err == nil || !strings.Contains(err.Error(), "aac cannot be decoded") {
		t.Errorf("who wants nothing but sound: %v", err)
	}
}

// receives has a peer ask for media, one track of each kind.
func receives(t *testing.T, pc *pion.PeerConnection, kinds ...pion.RTPCodecType) {
	t.Helper()
	for _, kind := range kinds {
		if _, err := pc.AddTransceiverFromKind(kind, pion.RTPTransceiverInit{Direction: pion.RTPTransceiverDirectionRecvonly}); err != nil {
			t.Fatal(err)
		}
	}
}
