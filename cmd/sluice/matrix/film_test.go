package matrix

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
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
	start(t, "ffmpeg", args...).wait(2 * patience)
	return file
}

// program is one that runs beside the test.
type program struct {
	t    *testing.T
	cmd  *exec.Cmd
	said bytes.Buffer
	done chan struct{}
	err  error
}

// start runs a program, which is interrupted at the end of the test at the latest.
func start(t *testing.T, name string, args ...string) *program {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	p := &program{t: t, cmd: exec.CommandContext(ctx, name, args...), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGINT) }
	p.cmd.WaitDelay = 5 * time.Second
	if err := p.cmd.Start(); err != nil {
		cancel()
		lacking(t, "%s is not there: %v", name, err)
	}
	go func() {
		defer close(p.done)
		p.err = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		cancel()
		<-p.done
	})
	return p
}

// wait waits for its end, which has to be a good one.
func (p *program) wait(limit time.Duration) bool {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(limit):
		_ = p.cmd.Process.Kill()
		<-p.done
		p.t.Errorf("%s does not end:\n%s", p.cmd, &p.said)
		return false
	}
	if p.err != nil {
		p.t.Errorf("%s: %v\n%s", p.cmd, p.err, &p.said)
	}
	return p.err == nil
}
