// Package storagetest is the test kit of storages: a real server of S3. Only tests import it.
package storagetest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"sluice/engine/enginetest/program"
)

// What a Depot has, and who may use it.
const (
	Bucket = "films"
	Key    = "S3RVER" // and its secret

	announces = "listens on port "
	patience  = 30 * time.Second
)

// Depot is a real server of S3 (@20minutes/s3rver, from npm), in a process of its own. It can be gone for a while, and in the middle of
// what it is sent: clients have a port of the test's, which leads to the server if there is one.
type Depot struct {
	Endpoint string // "http://127.0.0.1:40123"

	t      testing.TB
	folder string
	front  net.Listener
	work   sync.WaitGroup

	mu      sync.Mutex
	server  *exec.Cmd // nil: it is gone
	address string
	links   map[net.Conn]struct{}
	limit   int64 // bytes that it takes before it is gone; 0: as many as there are
	sent    int64 // bytes that it was sent
}

// Open starts one, which ends with the test. Where npm's package is missing it is as program.Need.
func Open(t testing.TB) *Depot {
	t.Helper()
	d := &Depot{t: t, folder: t.TempDir(), links: map[net.Conn]struct{}{}}
	var err error
	if d.front, err = net.Listen("tcp", "127.0.0.1:0"); err != nil { //nolint:noctx // it listens at once
		t.Fatal(err)
	}
	d.Endpoint = "http://" + d.front.Addr().String()
	d.Back()
	d.work.Go(d.accept)
	t.Cleanup(func() {
		_ = d.front.Close()
		d.Leave()
		d.work.Wait()
	})
	return d
}

// Back starts the server, which has what it had before.
func (d *Depot) Back() {
	d.t.Helper()
	port := make(chan string, 1)
	cmd := program.Command(d.t, "node", filepath.Join(place(d.t), "server.cjs"), d.folder)
	cmd.Stdout = &ready{port: port}
	server := program.Run(d.t, cmd)
	select {
	case at := <-port:
		d.mu.Lock()
		defer d.mu.Unlock()
		d.server, d.address = cmd, net.JoinHostPort("127.0.0.1", at)
	case <-time.After(patience):
		d.t.Fatalf("the server of S3 does not begin: %s", server.Said())
	}
}

// ready reads what the server writes up to its port.
type ready struct {
	text []byte
	port chan string
}

// Write implements io.Writer.
func (r *ready) Write(p []byte) (int, error) {
	if r.port == nil {
		return len(p), nil
	}
	r.text = append(r.text, p...)
	if _, behind, is := bytes.Cut(r.text, []byte(announces)); is {
		if port, _, is := bytes.Cut(behind, []byte("\n")); is {
			r.port <- string(port)
			r.text, r.port = nil, nil
		}
	}
	return len(p), nil
}

// place is where the server's modules are.
func place(t testing.TB) string {
	t.Helper()
	folder, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		here := filepath.Join(folder, "testdata", "s3")
		if _, err := os.Stat(filepath.Join(here, "server.cjs")); err == nil {
			if _, err := os.Stat(filepath.Join(here, "node_modules")); err != nil {
				program.Lacking(t, "the server of S3", ".ci/setup test installs it")
			}
			return here
		}
		if above := filepath.Dir(folder); above != folder {
			folder = above
			continue
		}
		t.Fatal("this is not below the folder of the module")
	}
}

// Leave kills the server, if it is there.
func (d *Depot) Leave() {
	d.mu.Lock()
	server := d.server
	d.server, d.limit = nil, 0
	for c := range d.links {
		_ = c.Close()
	}
	d.mu.Unlock()
	if server != nil {
		_ = server.Process.Kill() // it may have ended
	}
}

// LeaveAfter kills the server when it has been sent so many bytes more.
func (d *Depot) LeaveAfter(bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.limit = bytes
}

// AwaitSent returns when it was sent so many bytes.
func (d *Depot) AwaitSent(bytes int64) {
	d.t.Helper()
	for over := time.After(patience); ; {
		d.mu.Lock()
		sent := d.sent
		d.mu.Unlock()
		if sent >= bytes {
			return
		}
		select {
		case <-over:
			d.t.Fatalf("the server of S3 was sent %d bytes", sent)
		case <-time.After(time.Millisecond):
		}
	}
}

// Gone tells whether it is.
func (d *Depot) Gone() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.server == nil
}

// accept leads clients to the server.
func (d *Depot) accept() {
	for {
		c, err := d.front.Accept()
		if err != nil {
			return
		}
		d.work.Go(func() { d.lead(c) })
	}
}

func (d *Depot) lead(client net.Conn) {
	defer func() { _ = client.Close() }() // it may be closed already
	d.mu.Lock()
	to, gone := d.address, d.server == nil
	d.links[client] = struct{}{}
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.links, client)
	}()
	if gone {
		return
	}
	server, err := net.Dial("tcp", to) //nolint:noctx // it is on this machine
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	d.work.Go(func() {
		_, _ = io.Copy(client, server) // until either ends
		_ = client.Close()
	})
	for part := make([]byte, 64<<10); ; {
		n, err := client.Read(part)
		if n > 0 {
			_, err = server.Write(part[:n])
		}
		if err != nil {
			return
		}
		if d.spent(int64(n)) {
			d.Leave()
		}
	}
}

// spent counts what was sent, and tells whether that was the last.
func (d *Depot) spent(n int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent += n
	if d.limit == 0 {
		return false
	}
	d.limit -= n
	if d.limit > 0 {
		return false
	}
	d.limit = 0
	return true
}

// Client is somebody else who may use it.
func (d *Depot) Client() *minio.Client {
	d.t.Helper()
	return Client(d.t, d.Endpoint)
}

// Client is a client of a server of S3 that knows Key.
func Client(t testing.TB, endpoint string) *minio.Client {
	t.Helper()
	c, err := minio.New(strings.TrimPrefix(endpoint, "http://"), &minio.Options{
		Creds: credentials.NewStaticV4(Key, Key, ""), Region: "us-east-1",
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Get reads what is there under a name; nil if nothing is.
func Get(t testing.TB, c *minio.Client, name string) ([]byte, minio.ObjectInfo) {
	t.Helper()
	o, err := c.GetObject(t.Context(), Bucket, name, minio.GetObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }() // it is only read
	data, err := io.ReadAll(o)
	if answer, is := errors.AsType[minio.ErrorResponse](err); is && answer.Code == "NoSuchKey" {
		return nil, minio.ObjectInfo{}
	}
	info, wrong := o.Stat()
	if err = errors.Join(err, wrong); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return data, info
}
