package client

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/base"

	"sluice/engine/element/elementtest"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Cameras have habits of their own. Whatever they are, pictures and sound come.
func TestHabits(t *testing.T) {
	const picture = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
	for name, row := range map[string]struct {
		habits habits
		tracks []media.Codec // what comes; nil: H.264 and G.711
		setup  []string      // what is set up, without rtsp://host; nil: any
	}{
		"good ones":                       {},
		"Content-Base with a slash":       {habits: habits{base: "rtsp://ADDR/main/"}, setup: []string{"/main/trackID=1", "/main/trackID=2"}},
		"Content-Base without":            {habits: habits{base: "rtsp://ADDR/main"}, setup: []string{"/main/trackID=1", "/main/trackID=2"}},
		"Content-Base that is a path":     {habits: habits{base: "/other/"}, setup: []string{"/other/trackID=1", "/other/trackID=2"}},
		"Content-Base with a query":       {habits: habits{base: "rtsp://ADDR/main?profile=1"}, setup: []string{"/main?profile=1/trackID=1", "/main?profile=1/trackID=2"}},
		"control of the session":          {habits: habits{control: "rtsp://ADDR/all/"}, setup: []string{"/all/trackID=1", "/all/trackID=2"}},
		"control that is a star":          {habits: habits{control: "*"}},
		"control that is absolute":        {habits: habits{lines: picture + "a=control:rtsp://ADDR/main/video\r\n"}, tracks: []media.Codec{media.H264}, setup: []string{"/main/video"}},
		"control of another host":         {habits: habits{lines: picture + "a=control:rtsp://10.9.8.7/main/video\r\n"}, tracks: []media.Codec{media.H264}, setup: []string{"/main/video"}},
		"no control":                      {habits: habits{lines: picture}, tracks: []media.Codec{media.H264}, setup: []string{"/main"}},
		"control that is a query":         {habits: habits{lines: picture + "a=control:?track=1\r\n"}, tracks: []media.Codec{media.H264}, setup: []string{"/main?track=1"}},
		"a session with spaces":           {habits: habits{session: "0A1B;  timeout = 60"}},
		"a session without a timeout":     {habits: habits{session: "0A1B2C"}},
		"a session with a timeout of 0":   {habits: habits{session: "0A1B2C;timeout=0"}},
		"no RTP-Info":                     {habits: habits{info: ""}},
		"RTP-Info that is nonsense":       {habits: habits{info: "url=;;seq=x,rtptime"}},
		"RTP-Info without times":          {habits: habits{info: "url=rtsp://ADDR/main/trackID=1;seq=1,url=trackID=2"}},
		"RTP-Info of hours ago":           {habits: habits{info: "url=trackID=1;seq=1;rtptime=3000000000,url=trackID=2;seq=1;rtptime=1"}},
		"channels of its own":             {habits: habits{first: 4}},
		"OPTIONS that are not allowed":    {habits: habits{status: map[base.Method]base.StatusCode{base.Options: base.StatusMethodNotAllowed}}},
		"OPTIONS that are not there":      {habits: habits{status: map[base.Method]base.StatusCode{base.Options: base.StatusNotFound}}},
		"PLAY that needs a Range":         {habits: habits{ranges: true}},
		"no packetization mode":           {habits: habits{lines: picture + "a=control:v\r\n"}, tracks: []media.Codec{media.H264}},
		"it has moved":                    {habits: habits{moved: "rtsp://ADDR/moved"}},
		"two videos":                      {habits: habits{lines: picture + "a=control:1\r\n" + picture + "a=control:2\r\n"}, tracks: []media.Codec{media.H264}, setup: []string{"/main/1"}},
		"a back channel":                  {habits: habits{lines: twoLines + "m=audio 0 RTP/AVP 8\r\na=control:back\r\na=sendonly\r\n"}, setup: []string{"/main/trackID=1", "/main/trackID=2"}},
		"metadata":                        {habits: habits{lines: twoLines + "m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\na=control:meta\r\n"}, setup: []string{"/main/trackID=1", "/main/trackID=2"}},
		"parameter sets that are nothing": {habits: habits{lines: picture + "a=fmtp:96 packetization-mode=1;sprop-parameter-sets=,;profile-level-id=\r\n"}, tracks: []media.Codec{media.H264}},
		"a description that ends in zero": {habits: habits{lines: twoLines + "\x00"}},
		"empty lines":                     {habits: habits{lines: "\r\n" + twoLines + "\r\n\r\n"}},
		"control that is a path":          {habits: habits{control: "/main"}},
		"no Content-Type":                 {habits: habits{unnamed: true}},
		"lines that mean nothing":         {habits: habits{lines: "a=x-dimensions:0,0\r\nb=AS:0\r\n" + twoLines + "a=framerate:\r\na=recvonly\r\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cam := record(t, "127.0.0.1:0", row.habits)
			p := pulls(t, elementtest.Env(t), "rtsp://"+cam.addr()+"/main")
			if err := p.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			v, tracks := play(t, p)
			v.more(t)
			want := row.tracks
			if want == nil {
				want = []media.Codec{media.H264, media.PCMU}
			}
			var got []media.Codec
			for _, track := range tracks {
				got = append(got, track.Codec)
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %v", got)
			}
			for _, path := range row.setup {
				if q := cam.await(base.Setup); q.URL.String() != "rtsp://"+cam.addr()+path {
					t.Errorf("it sets %s up, not %s", q.URL, path)
				}
			}
		})
	}
}

// A session is kept alive by what the camera knows, in time.
func TestKeepAlive(t *testing.T) {
	for public, want := range map[string]base.Method{
		"OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER": base.GetParameter,
		"OPTIONS, DESCRIBE, SETUP, PLAY":                base.Options,
		"":                                              base.Options,
	} {
		t.Run(public, func(t *testing.T) {
			t.Parallel()
			cam := record(t, "127.0.0.1:0", habits{public: public, session: "7;timeout=6"}) // which is a second with all the care there is
			p := pulls(t, elementtest.Env(t), "rtsp://"+cam.addr()+"/main")
			if err := p.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			v, _ := play(t, p)
			cam.await(base.Play)
			if q := cam.await(want); !slices.Equal(q.Header["Session"], base.HeaderValue{"7"}) {
				t.Errorf("kept alive by %v", q)
			}
			v.more(t)
		})
	}
}

// Cameras that refuse are told of in our words.
func TestRefusals(t *testing.T) {
	for name, row := range map[string]struct {
		habits habits
		want   fault.Code
	}{
		"no such stream":         {habits{status: map[base.Method]base.StatusCode{base.Describe: base.StatusNotFound}}, fault.StreamNotFound},
		"not for us":             {habits{status: map[base.Method]base.StatusCode{base.Describe: base.StatusForbidden}}, fault.Forbidden},
		"who are you":            {habits{status: map[base.Method]base.StatusCode{base.Describe: base.StatusUnauthorized}}, fault.Unauthorized},
		"too many viewers":       {habits{status: map[base.Method]base.StatusCode{base.Setup: base.StatusNotEnoughBandwidth}}, fault.Unreachable},
		"nothing that is known":  {habits{lines: "m=video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000\r\n"}, fault.CodecNotAvailable},
		"it moved far away":      {habits{moved: "rtsp://localhost:1/moved"}, fault.Forbidden},
		"it moves in circles":    {habits{moved: "rtsp://ADDR/main"}, fault.ProtocolViolation},
		"it says nothing at all": {habits{lines: "a=x\r\n"}, fault.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cam := record(t, "127.0.0.1:0", row.habits)
			p := pulls(t, elementtest.Env(t), "rtsp://"+cam.addr()+"/main")
			if err := p.Start(t.Context()); !errors.Is(err, row.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

// A camera that is away is called again until it is there, if there is time for that, and one that locks its door is not.
func TestCameraComesLater(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	env := elementtest.Env(t)
	clock := enginetest.NewClock()
	env.Clock = clock
	p := pulls(t, env, "rtsp://"+at+"/main", "wait=1h")
	started := make(chan error, 1)
	go func() { started <- p.Start(t.Context()) }()
	conn, err := l.Accept() // somebody else's, who does not speak RTSP
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	_ = l.Close()
	clock.AwaitAlarms(1)
	cam := record(t, at, habits{})
	clock.Advance(30 * time.Second) // no call is later
	if err := enginetest.Await(t, "the start", started); err != nil {
		t.Fatal(err)
	}
	v, _ := play(t, p)
	v.more(t)
	cam.hangUp()
	clock.AwaitAlarms(1)
	clock.Advance(30 * time.Second) // no call is later
	v.more(t)
}

// Who waits for a camera that does not come hears why.
func TestCameraDoesNotCome(t *testing.T) {
	env := elementtest.Env(t)
	clock := enginetest.NewClock()
	env.Clock = clock
	p := pulls(t, env, "rtsp://127.0.0.1:1/main", "wait=1h")
	ctx, cancel := context.WithCancel(t.Context())
	started := make(chan error, 1)
	go func() { started <- p.Start(ctx) }()
	clock.AwaitAlarms(1)
	cancel()
	if err := enginetest.Await(t, "the start", started); !errors.Is(err, fault.StartTimeout) || !strings.Contains(err.Error(), "127.0.0.1:1 does not answer in time") {
		t.Error(err)
	}
	once := pulls(t, env, "rtsp://127.0.0.1:1/main")
	if err := once.Start(t.Context()); !errors.Is(err, fault.Unreachable) {
		t.Error(err)
	}
	locked := record(t, "127.0.0.1:0", habits{status: map[base.Method]base.StatusCode{base.Describe: base.StatusUnauthorized}})
	if err := pulls(t, env, "rtsp://"+locked.addr()+"/main", "wait=1h").Start(t.Context()); !errors.Is(err, fault.Unauthorized) {
		t.Error(err)
	}
}

// A camera that goes silent is called again, and who watches stays.
func TestCameraGoesSilent(t *testing.T) {
	cam := record(t, "127.0.0.1:0", habits{silent: true})
	p := pulls(t, elementtest.Env(t), "rtsp://"+cam.addr()+"/main", "timeout=1s")
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	v, _ := play(t, p)
	cam.await(base.Play)
	cam.await(base.Play)
	select {
	case err := <-v.ended:
		t.Error(err)
	default:
	}
}
