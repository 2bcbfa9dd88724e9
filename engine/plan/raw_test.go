package plan

import (
	"math"
	"testing"
)

func TestRawShare(t *testing.T) {
	for caps, want := range map[string]float64{
		"video/x-raw,width=1280,height=720":                                    1,
		"video/x-raw,format=I420,width=1280,height=720,framerate=60/1":         2,
		"video/x-raw, width=(int)640, height=(int)720, framerate=(fraction)15": 0.25,
		"video/x-raw,width=1280,height=720,framerate=30000/1001":               0.999,
		"video/x-raw,width=8000,height=8000":                                   69.444,
		"video/x-raw,width=1280,height=720,framerate=0/1":                      1, // of no rate that is known
		"video/x-raw,width=1280,height=720,framerate=30/0":                     1,
		"video/x-raw,width=1280":                                               0,
		"video/x-raw,width=[1,1280],height=720":                                0,
		"video/x-raw":                                                          0,
	} {
		got, ok := rawShare(caps)
		if math.Abs(got-want) > 0.001 || ok != (want > 0) {
			t.Errorf("%s: %v, %v", caps, got, ok)
		}
	}
}
