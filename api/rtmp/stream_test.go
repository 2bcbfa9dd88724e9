package rtmp_test

import (
	"bytes"
	"testing"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/flv"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestPlayerGetsMetadataHeadersAndTheLastKeyFrameAtOnce(t *testing.T) {
	s := serve(t)
	from := s.both("cam")
	from.send(h264(t), 40, picture(false, 1), picture(false, 2))
	to := dial(t, "rtmp://"+s.host+"/app/inst/cam", false)
	values, err := amf.Read(to.next(chunk.DataAMF0).Body)
	for len(values) > 0 && values[0] != "onMetaData" {
		values, err = amf.Read(to.next(chunk.DataAMF0).Body)
	}
	if err != nil || len(values) != 2 {
		t.Fatalf("%v: %v", values, err)
	}
	if o := amf.Members(values[1]); o.Number("videocodecid") != 7 || o.Number("audiocodecid") != 10 || o.Number("width") != 320 {
		t.Errorf("metadata %v", o)
	}
	var got [][]byte
	for len(got) < 4 {
		got = append(got, to.next(chunk.Video).Body)
	}
	track := h264(t)
	want := [][]byte{flv.Config(&track)}
	for i, u := range []media.Unit{picture(true, 0), picture(false, 1), picture(false, 2)} {
		f := flv.Make(&track, &u)
		want = append(want, f.Bodies...)
		if !bytes.Equal(got[i+1], f.Bodies[0]) {
			t.Errorf("picture %d: % x, not % x", i, got[i+1], f.Bodies[0])
		}
	}
	if !bytes.Equal(got[0], want[0]) {
		t.Errorf("the configuration % x, not % x", got[0], want[0])
	}
	from.send(h264(t), 200, picture(false, 9))
	if b := to.next(chunk.Video).Body; b[len(b)-4] != 9 {
		t.Errorf("live: % x", b)
	}
}

func TestPlayerHearsTheEnd(t *testing.T) {
	s := serve(t)
	from := s.both("cam")
	to := dial(t, "rtmp://"+s.host+"/live/cam", false)
	to.next(chunk.Video)
	from.close()
	if err := <-to.done; fault.CodeOf(err) != fault.Closed {
		t.Errorf("it ended with %v", err)
	} else {
		to.done <- err
	}
}

func TestRefusals(t *testing.T) {
	s := serve(t)
	s.both("cam")
	for _, row := range []struct {
		name    string
		publish bool
		want    fault.Code
	}{
		{"nobody", false, fault.StreamNotFound},
		{"a%0ab", false, fault.Forbidden},
		{"a%0ab", true, fault.Forbidden},
	} {
		if _, err := tryDial(t, "rtmp://"+s.host+"/live/"+row.name, row.publish); fault.CodeOf(err) != row.want {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	second := dial(t, "rtmp://"+s.host+"/live/cam", true)
	second.send(h264(t), 0, picture(true, 0))
	second.send(h264(t), 2000, picture(true, 0))
	if err := <-second.done; fault.CodeOf(err) != fault.NameInUse {
		t.Errorf("a name that is taken: %v", err)
	} else {
		second.done <- err
	}
}
