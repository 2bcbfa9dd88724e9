package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"sluice/engine/enginetest"
	"sluice/engine/enginetest/program"
)

// flashOffer is one like those of the Web SDK's Flash client.
const flashOffer = "v=0\r\nm=audio 1 RTP/AVP 8 0 97\r\na=rtpmap:97 speex/16000\r\na=rtpmap:108 mpeg4-generic/48000/1\r\nm=video 1 RTP/AVP 112\r\na=rtpmap:112 H264/90000\r\n"

// webPage is a page's WebSocket.
type webPage struct {
	t     *testing.T
	conn  *websocket.Conn
	token string
}

// connectPage connects as a page does whose media goes over RTMP.
func connectPage(t *testing.T, address string) *webPage {
	t.Helper()
	conn, answer, err := websocket.DefaultDialer.DialContext(t.Context(), address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	t.Cleanup(func() { conn.Close() })
	p := &webPage{t: t, conn: conn}
	p.say("connection", J{"appKey": "defaultApp", "mediaProviders": []string{"Flash"}})
	p.token, _ = p.hear("getUserData", "")["authToken"].(string)
	return p
}

func (p *webPage) say(name string, data J) {
	p.t.Helper()
	if err := p.conn.WriteJSON(J{"message": name, "data": []J{data}}); err != nil {
		p.t.Fatal(err)
	}
}

// hear waits for a message, of a status if it is not "": what it says first.
func (p *webPage) hear(name, status string) J {
	p.t.Helper()
	for {
		_ = p.conn.SetReadDeadline(time.Now().Add(patience))
		var m struct {
			Message string            `json:"message"`
			Data    []json.RawMessage `json:"data"`
		}
		if err := p.conn.ReadJSON(&m); err != nil {
			p.t.Fatalf("no %s %s: %v", name, status, err)
		}
		if m.Message == "ping" {
			p.say("pong", nil)
			continue
		}
		if m.Message != name {
			continue
		}
		out := J{}
		_ = json.Unmarshal(m.Data[0], &out) // some say a text first
		if status != "" && out["status"] != status {
			p.t.Fatalf("%s: %s, not %s", name, m.Data, status)
		}
		return out
	}
}

// client starts the page's Flash client, as far as ffmpeg is one: NetConnection.connect(url, {token}).
func (p *webPage) client(before, name string, behind ...string) *program.Program {
	args := strings.Fields("-hide_banner -loglevel error " + before)
	args = append(args, "-rtmp_app", "", "-rtmp_conn", "O:1 NS:token:"+p.token+" O:0", "-rtmp_playpath", name, "-rtmp_live", "live")
	return program.Start(p.t, "ffmpeg", append(args, behind...)...)
}

// camera publishes H.264 and some sound until the test ends.
func (p *webPage) camera(host, name, sound string) {
	p.t.Helper()
	p.client("-re -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=frequency=440:sample_rate=48000 -c:v libx264 "+
		"-preset ultrafast -pix_fmt yuv420p -g 25 "+sound, name, "-f", "flv", "rtmp://"+host+"/")
}

// TestPagesPushElsewhere has a page publish with rtmpUrl: another server gets it, under the name that the original gives it.
func TestPagesPushElsewhere(t *testing.T) {
	t.Parallel()
	program.Need(t, "ffmpeg", "ffprobe")
	here, there := enginetest.FreeAddress(t), enginetest.FreeAddress(t)
	serveREST(t, t.TempDir(), "SLUICE_RTMP_LISTEN="+there)
	s := serveREST(t, t.TempDir(), "SLUICE_RTMP_LISTEN="+here, "SLUICE_WEBSOCKET_HOSTS="+there)
	p := connectPage(t, "ws"+strings.TrimPrefix(s.page, "http"))
	p.say("publishStream", J{
		"mediaSessionId": "P-1", "name": "cam", "mediaProvider": "Flash", "hasVideo": true, "hasAudio": true, "sdp": flashOffer,
		"rtmpUrl": "rtmp://" + there + "/live",
	})
	p.hear("setRemoteSDP", "")
	p.camera(here, "OUT_P-1", "-c:a aac")
	p.hear("notifyStreamStatusEvent", "PUBLISHING")
	var got []string
	s.until("the other server has it", func() bool {
		out, err := program.Try(t, "ffprobe", "-v", "quiet", "-show_entries", "stream=codec_name", "-of", "csv=p=0", "rtmp://"+there+"/live/rtmp_cam")
		got = strings.Fields(out)
		return err == nil && len(got) > 0
	})
	if strings.Join(got, " ") != "h264 aac" {
		t.Errorf("it has %q", got)
	}
	p.say("publishStream", J{"mediaSessionId": "P-2", "name": "other", "mediaProvider": "Flash", "sdp": flashOffer, "rtmpUrl": "rtmp://192.0.2.1/live"})
	if o := p.hear("fail", ""); o["info"] != "Failed by RTMP writer error" || o["id"] != "P-2" {
		t.Errorf("of a server that is not allowed the page hears %v", o)
	}
}

// TestFlashClients has pages publish and play by Flash clients, which are ffmpeg here: NetConnection.connect(url, {token}).
func TestFlashClients(t *testing.T) {
	t.Parallel()
	program.Need(t, "ffmpeg", "ffprobe")
	host := enginetest.FreeAddress(t)
	s := serveREST(t, t.TempDir(), "SLUICE_RTMP_LISTEN="+host)
	here, there := connectPage(t, "ws"+strings.TrimPrefix(s.page, "http")), connectPage(t, "ws"+strings.TrimPrefix(s.page, "http"))
	here.say("publishStream", J{"mediaSessionId": "P-1", "name": "cam", "mediaProvider": "Flash", "hasVideo": true, "hasAudio": true, "sdp": flashOffer})
	here.hear("setRemoteSDP", "")
	here.camera(host, "OUT_P-1", "-ar 8000 -c:a pcm_alaw")
	if o := here.hear("notifyStreamStatusEvent", "PUBLISHING"); o["mediaProvider"] != "Flash" || o["videoCodec"] != "H264" || o["audioCodec"] != "PCMA" {
		t.Errorf("%v", o)
	}
	there.say("playStream", J{"mediaSessionId": "Q-1", "name": "cam", "mediaProvider": "Flash", "hasVideo": true, "hasAudio": true, "sdp": flashOffer})
	there.hear("setRemoteSDP", "")
	file := filepath.Join(t.TempDir(), "played.flv")
	player := there.client("", "IN_Q-1", "-i", "rtmp://"+host+"/", "-t", "1", "-c", "copy", file)
	there.hear("notifyStreamStatusEvent", "PLAYING")
	player.Wait()
	there.say("stopStream", J{"mediaSessionId": "Q-1"})
	there.hear("notifyStreamStatusEvent", "STOPPED")
	here.say("unPublishStream", J{"mediaSessionId": "P-1"})
	here.hear("notifyStreamStatusEvent", "UNPUBLISHED")
	out := program.Output(t, "ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", file)
	if got := strings.Fields(out); len(got) != 2 || got[0] != "h264" || got[1] != "pcm_alaw" {
		t.Errorf("%q", out)
	}
}
