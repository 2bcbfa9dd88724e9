package matrix

import (
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine/enginetest/program"
)

// What a film shows: once a second the top is white for a fifth of it, while a tone is heard. Left below it is always red, and
// between them something moves.
const (
	filmWidth, filmHeight = 320, 180
	filmTone              = 1000 // Hz
	filmLength            = "75"
)

// codecs are those of a film, in the words of ffprobe, with what ffmpeg makes them by.
type codecs struct{ video, audio string }

func (c codecs) String() string { return c.video + "+" + c.audio }

// encoders are real-time settings: no B-frames, a key frame each second.
func encoders() map[string]string {
	return map[string]string{
		"h264": "libx264 -preset ultrafast -tune zerolatency -profile:v baseline -b:v 400k",
		"hevc": "libx265 -preset ultrafast -tune zerolatency -b:v 400k -x265-params log-level=error:bframes=0:keyint=25:min-keyint=25",
		"vp8":  "libvpx -deadline realtime -cpu-used 8 -b:v 400k",
		"aac":  "aac -b:a 96k",
		"opus": "libopus -b:a 64k",
	}
}

// film makes one of the codecs.
func film(t *testing.T, folder string, c codecs) string {
	t.Helper()
	const picture = "testsrc2=size=320x180:rate=25,drawbox=x=0:y=0:w=iw:h=50:color=black:t=fill," +
		"drawbox=x=0:y=0:w=iw:h=50:color=white:t=fill:enable='lt(mod(t+0.001,1),0.2)',drawbox=x=0:y=140:w=60:h=40:color=red:t=fill"
	const tone = "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.2)|0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.2)':s=48000"
	file := filepath.Join(folder, c.String()+".mkv")
	args := strings.Fields("-v error -f lavfi -i")
	args = append(append(args, picture), "-f", "lavfi", "-i", tone, "-t", filmLength, "-pix_fmt", "yuv420p", "-g", "25", "-c:v")
	args = append(append(args, strings.Fields(encoders()[c.video])...), "-c:a")
	args = append(append(args, strings.Fields(encoders()[c.audio])...), file)
	program.Start(t, "ffmpeg", args...).Wait()
	return file
}
