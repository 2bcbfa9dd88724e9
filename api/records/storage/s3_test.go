package storage_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sluice/api/records/after"
	"sluice/api/records/recordtest"
	"sluice/api/records/shelf"
	"sluice/api/records/storage"
	"sluice/api/records/storage/storagetest"
	"sluice/engine/enginetest"
	"sluice/engine/enginetest/program"
	"sluice/engine/fault"
)

const patience = 30 * time.Second

// stand has a recording of a size on a shelf.
func stand(t *testing.T, size int) (*shelf.Shelf, shelf.Recording, []byte) {
	t.Helper()
	data := bytes.Repeat([]byte("0123456789abcdef"), size/16)
	s, r := recordtest.Stand(t, "studio/cam é.mp4", "studio/cam é", data)
	return s, r, data
}

// versity starts versitygw (github.com/versity/versitygw/cmd/versitygw) where .ci/setup s3 has built it, which nothing else does since it
// takes minutes: it checks the signatures of pieces, too. "" if it is not there.
func versity(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "..", "bin", "versitygw"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	at, folder := "127.0.0.1:"+strconv.Itoa(enginetest.FreeTCP(t)), t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, storagetest.Bucket), 0o750); err != nil {
		t.Fatal(err)
	}
	cmd := program.Command(t, path, "--port", at, "posix", folder)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+storagetest.Key, "ROOT_SECRET_KEY="+storagetest.Key)
	server := program.Run(t, cmd)
	for over := time.After(patience); ; {
		c, err := net.Dial("tcp", at)
		if err == nil {
			return "http://" + at + errText(c.Close())
		}
		select {
		case <-over:
			t.Fatal(err, server.Said())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func errText(err error) string {
	if err != nil {
		return err.Error()
	}
	return ""
}

// bucket is one at an address, and who may use it.
func bucket(t *testing.T, at, secret string, s *shelf.Shelf) *storage.Bucket {
	t.Helper()
	b, err := storage.New(storage.S3{
		Endpoint: at, Region: "us-east-1", Bucket: storagetest.Bucket, Prefix: "rec", AccessKey: storagetest.Key, SecretKey: secret,
	}, s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestRealServer puts a small recording, and one that goes in parts, and has another client read them.
func TestRealServer(t *testing.T) {
	for name, start := range map[string]func(*testing.T) string{
		"s3rver": func(t *testing.T) string { return storagetest.Open(t).Endpoint }, "versitygw": versity,
	} {
		t.Run(name, func(t *testing.T) {
			at := start(t)
			if at == "" {
				return
			}
			for i, size := range []int{1 << 10, 40 << 20} {
				key := []string{"rec/studio/cam é.mp4", "rec/studio/cam é-2.mp4"}[i] // what is there is not written over
				s, r, data := stand(t, size)
				var moves atomic.Int64 // parts are sent side by side
				address, err := bucket(t, at, storagetest.Key, s).Put(t.Context(), r, func() { moves.Add(1) })
				if moves.Load() == 0 {
					t.Error("nobody is told that it moves")
				}
				if err != nil || address != "s3://films/"+key {
					t.Fatalf("%s, %v", address, err)
				}
				got, info := storagetest.Get(t, storagetest.Client(t, at), key)
				if !bytes.Equal(got, data) || info.ContentType != "video/mp4" || info.UserMetadata["Stream"] != "studio%2Fcam%20%C3%A9" {
					t.Errorf("%d bytes of %d, %+v", len(got), len(data), info)
				}
				_, err = bucket(t, at, "not-the-secret", s).Put(t.Context(), r, func() {})
				if fault.CodeOf(err) != fault.Unreachable || !strings.Contains(err.Error(), "signature") || strings.Contains(err.Error(), "not-the-secret") {
					t.Errorf("with a wrong secret: %v", err)
				}
			}
		})
	}
}

// TestOthersOfItsName: what is there of another recording is not written over, and what is there of the same is not copied twice.
func TestOthersOfItsName(t *testing.T) {
	d := storagetest.Open(t)
	const size = 1 << 10
	addresses := []string{"s3://films/rec/studio/cam é.mp4", "s3://films/rec/studio/cam é-2.mp4", "s3://films/rec/studio/cam é-3.mp4"}
	var shelves []*shelf.Shelf
	for i, want := range addresses {
		s, r, _ := stand(t, size<<(i/2)) // the last is longer, and began with the second
		if err := s.Note(r, func(r *shelf.Recording) { r.Started = time.Unix(1e9+int64(min(i, 1)), 5e6) }); err != nil {
			t.Fatal(err)
		}
		if address, err := bucket(t, d.Endpoint, storagetest.Key, s).Put(t.Context(), r, func() {}); err != nil || address != want {
			t.Errorf("%s, %v", address, err)
		}
		shelves = append(shelves, s)
	}
	for i, want := range addresses {
		s := shelves[i]
		if address, err := bucket(t, d.Endpoint, storagetest.Key, s).Put(t.Context(), s.List()[0], func() {}); err != nil || address != want {
			t.Errorf("again: %s, %v", address, err)
		}
		if got, info := storagetest.Get(t, d.Client(), strings.TrimPrefix(want, "s3://films/")); len(got) != size<<(i/2) || info.UserMetadata["Started"] == "" {
			t.Errorf("%s: %d bytes, %v", want, len(got), info.UserMetadata)
		}
	}
	if got, _ := storagetest.Get(t, d.Client(), "rec/studio/cam é-4.mp4"); got != nil {
		t.Error("there is one too many")
	}
}

// TestTwoAtOnce: of recordings of one name that are copied at the same time neither is lost.
func TestTwoAtOnce(t *testing.T) {
	d := storagetest.Open(t)
	first, r, _ := stand(t, 40<<20)
	b := bucket(t, d.Endpoint, storagetest.Key, first)
	if err := first.Note(r, func(r *shelf.Recording) { r.Started = time.Unix(1e9, 0) }); err != nil {
		t.Fatal(err)
	}
	addresses := make(chan string, 2)
	put := func() {
		address, err := b.Put(t.Context(), r, func() {})
		if err != nil {
			t.Error(err)
		}
		addresses <- address
	}
	go put()
	d.AwaitSent(8 << 20)
	if err := os.WriteFile(first.Path(r.Name)+".new", []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(first.Path(r.Name)+".new", first.Path(r.Name)); err != nil {
		t.Fatal(err)
	}
	put()
	one, other := enginetest.Await(t, "one", addresses), enginetest.Await(t, "the other", addresses)
	if one == other {
		t.Errorf("both are %s", one)
	}
}

// TestServerThatGoesAway: one that is not there, or goes while a recording is copied, has it when it is back, and what is here is deleted
// then, and not before.
func TestServerThatGoesAway(t *testing.T) {
	d := storagetest.Open(t)
	s, r, data := stand(t, 40<<20)
	clock := enginetest.NewClock()
	w := after.New(after.Options{
		Shelf: s, Drop: true, Clock: clock, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Upload: bucket(t, d.Endpoint, storagetest.Key, s),
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.Run(ctx) }()
	defer func() { cancel(); <-done }()
	here := func(when string) {
		t.Helper()
		clock.AwaitAlarms(1)
		if f, now, err := s.Read(r.Name); err != nil || now.Uploaded != "" || f.Close() != nil {
			t.Fatalf("%s: %+v, %v", when, now, err)
		}
	}
	d.Leave()
	here("the server is gone")
	d.Back()
	d.LeaveAfter(20 << 20)
	clock.Advance(time.Minute)
	here("it has gone in the middle")
	if !d.Gone() {
		t.Fatal("it has not gone")
	}
	d.Back()
	if got, _ := storagetest.Get(t, d.Client(), "rec/"+r.Name); got != nil {
		t.Errorf("it has %d bytes, of a recording that was not copied", len(got))
	}
	clock.Advance(time.Minute)
	for over := time.After(patience); ; {
		if _, err := s.Find(r.Name); fault.CodeOf(err) == fault.ResourceNotFound {
			break
		}
		select {
		case <-over:
			t.Fatal("it is here still")
		case <-time.After(10 * time.Millisecond):
		}
	}
	if got, _ := storagetest.Get(t, d.Client(), "rec/"+r.Name); !bytes.Equal(got, data) {
		t.Errorf("%d bytes of %d", len(got), len(data))
	}
	if _, err := os.Stat(s.Path(r.Name)); !os.IsNotExist(err) {
		t.Errorf("the file: %v", err)
	}
}

// TestNobodyThere: what cannot be reached, and a bucket that is not there, is told of as a fault.
func TestNobodyThere(t *testing.T) {
	s, r, _ := stand(t, 1<<10)
	for at, bucket := range map[string]string{"http://127.0.0.1:1": "films", storagetest.Open(t).Endpoint: "none"} {
		b, err := storage.New(storage.S3{Endpoint: at, Region: "x", Bucket: bucket, AccessKey: storagetest.Key, SecretKey: storagetest.Key}, s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Put(t.Context(), r, func() {}); fault.CodeOf(err) != fault.Unreachable {
			t.Errorf("%s: %v", at, err)
		}
	}
}

func TestRefuses(t *testing.T) {
	for _, bad := range []storage.S3{
		{}, {Endpoint: "s3.example.org", Bucket: "b"}, {Endpoint: "ftp://x", Bucket: "b"}, {Endpoint: "https://x/path", Bucket: "b"}, {Endpoint: "https://x"},
	} {
		if _, err := storage.New(bad, nil); fault.CodeOf(err) != fault.InvalidParams {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
