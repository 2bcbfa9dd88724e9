package hls

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
)

// conf has nginx serve the files of a folder from one process, as busy sites have it, and nothing else. Who serves streams that way is the
// least that there is.
const conf = `daemon off;
master_process off;
pid %[1]s/pid;
error_log stderr;
events { worker_connections 1024; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 1000000;
	open_file_cache max=1000 inactive=60s;
	open_file_cache_valid 1s;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	types { application/vnd.apple.mpegurl m3u8; video/mp4 mp4 m4s; }
	server { listen %[2]s; root %[1]s/files; }
}
`

// shelf is a recording in a folder, whose playlist is exchanged as it was when the stream ran.
type shelf struct {
	*recording
	folder string
}

// nginx starts one that serves a recording, which ends with the benchmark; nil if none is installed. play begins to exchange its playlist.
func nginx(b *testing.B, r *recording) (s *server, play func()) {
	b.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		b.Log("nginx is not installed: there is no figure for nginx serving the same files")
		return nil, nil
	}
	root := b.TempDir()
	k := shelf{r, filepath.Join(root, "files")}
	if err := k.fill(); err != nil {
		b.Fatal(err)
	}
	s = &server{address: benchtest.Free(b)}
	name := filepath.Join(root, "nginx.conf")
	if err := os.WriteFile(name, fmt.Appendf(nil, conf, root, s.address), 0o600); err != nil {
		b.Fatal(err)
	}
	s.cmd = exec.CommandContext(b.Context(), program, "-p", root, "-c", name)
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	stop := make(chan struct{})
	var work sync.WaitGroup
	b.Cleanup(func() {
		close(stop)
		work.Wait()
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	})
	benchtest.Until(b, "nginx", 20*time.Millisecond, func() bool {
		c, err := dial(s.address, 4<<10)
		if err != nil {
			return false
		}
		defer func() { _ = c.Close() }()
		_, err = c.open(stream)
		return err == nil
	})
	return s, func() { work.Go(func() { k.play(stop) }) }
}

// fill writes all files, and the first playlist.
func (k shelf) fill() error {
	if err := os.MkdirAll(filepath.Join(k.folder, stream), 0o700); err != nil {
		return err
	}
	for name, f := range k.Files {
		if err := k.write(name, f); err != nil {
			return err
		}
	}
	return k.show(0)
}

// write puts a file in the place of what is there, unpacked: nginx packs none.
func (k shelf) write(name string, f file) error {
	text, err := plain(answer{packed: f.Packed}, f.Body)
	if err != nil {
		return err
	}
	at := filepath.Join(k.folder, stream, name)
	if err := os.WriteFile(at+".new", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(at+".new", at)
}

// show shows the playlist of one moment.
func (k shelf) show(i int) error {
	path, _, _ := strings.Cut(k.Media, "?")
	return k.write(path[strings.LastIndexByte(path, '/')+1:], k.States[i].Body)
}

func (k shelf) play(stop <-chan struct{}) {
	began := time.Now()
	for i, s := range k.States {
		select {
		case <-time.After(time.Until(began.Add(s.At))):
			_ = k.show(i) // a viewer who gets an old one says so
		case <-stop:
			return
		}
	}
}
