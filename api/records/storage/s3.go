// Package storage copies recordings to a storage that is compatible with S3, by minio-go. It decides neither what is copied nor when.
package storage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"sluice/api/records/shelf"
	"sluice/engine/fault"
)

// S3 is a storage that is compatible with Amazon's S3.
type S3 struct {
	Endpoint string // "https://s3.example.org:9000"
	Region   string
	Bucket   string
	Prefix   string // of the names there: "records"
	// AccessKey and SecretKey prove who uploads. Without them they are looked for where Amazon's own tools do: in the environment
	// (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), and in ~/.aws/credentials.
	AccessKey, SecretKey string
}

// Bucket is an S3 that recordings are put into. It is an after.Upload. Safe for concurrent use.
type Bucket struct {
	of     S3
	client *minio.Client
	shelf  *shelf.Shelf

	mu   sync.Mutex
	busy map[string]string // what is being copied to a key: nobody sees it there yet
}

// New makes what copies recordings there; nothing is connected to yet. What it is told wrongly is fault.InvalidParams.
func New(of S3, from *shelf.Shelf) (*Bucket, error) {
	u, err := url.Parse(of.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" && u.Path != "/" {
		return nil, fault.New(fault.InvalidParams, "records.s3.endpoint", "%q is no address of a storage", of.Endpoint).
			Advise("write for example https://s3.eu-central-1.amazonaws.com, without a path")
	}
	if of.Bucket == "" {
		return nil, fault.New(fault.InvalidParams, "records.s3.bucket", "a storage needs the name of a bucket")
	}
	proof := credentials.NewStaticV4(of.AccessKey, of.SecretKey, "")
	if of.AccessKey == "" {
		proof = credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}})
	}
	c, err := minio.New(u.Host, &minio.Options{Creds: proof, Secure: u.Scheme == "https", Region: of.Region, MaxRetries: 3})
	if err != nil {
		return nil, fault.New(fault.InvalidParams, "records.s3.endpoint", "%q cannot be used", of.Endpoint).Because(err)
	}
	return &Bucket{of: of, client: c, shelf: from, busy: map[string]string{}}, nil
}

// What is kept with each object, so that it is known again. The names are as they come back in the headers of HTTP.
const (
	ofStream = "Stream"
	begunAt  = "Started" // the wall clock at its first picture
)

// Put implements after.Upload: it copies a recording, in parts where it is large. What is there of another recording is not written over:
// this one is NAME-2 then, as in the folder. Where nobody may look what is there, its name says when it began. What does not work is
// fault.Unreachable.
func (b *Bucket) Put(ctx context.Context, r shelf.Recording, moved func()) (string, error) {
	f, r, err := b.shelf.Read(r.Name)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it is only read
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	opt := minio.PutObjectOptions{ContentType: r.Format.Type(), Progress: progress(moved), UserMetadata: map[string]string{
		ofStream: url.PathEscape(r.Stream), begunAt: r.Started.UTC().Format(time.RFC3339Nano),
	}}
	key, there, err := b.place(ctx, r, info.Size(), opt.UserMetadata)
	defer b.free(key)
	if err == nil && !there {
		_, err = b.client.PutObject(ctx, b.of.Bucket, key, f, info.Size(), opt)
	}
	if err != nil {
		return "", fault.New(fault.Unreachable, "records.s3", "the storage does not take it").Because(err)
	}
	return "s3://" + b.of.Bucket + "/" + key, nil
}

// progress hears of what is sent: the client reads from it as many bytes.
type progress func()

// Read implements io.Reader.
func (p progress) Read(b []byte) (int, error) {
	p()
	return len(b), nil
}

// place finds a key that nothing has yet, or that the recording has already. It is the recording's until free is called.
func (b *Bucket) place(ctx context.Context, r shelf.Recording, size int64, known map[string]string) (key string, there bool, err error) {
	for i := 1; i <= names; i++ {
		key = path.Join(b.of.Prefix, nth(r, i))
		if !b.claim(key, fmt.Sprint(size, known)) {
			continue
		}
		what, err := b.look(ctx, key, size, known)
		if err == nil && (what == nothing || what == ours) {
			return key, what == ours, nil
		}
		b.free(key)
		if err != nil {
			return "", false, err
		}
		if what == hidden { // who asks with a wrong key hears more of that from PutObject
			return path.Join(b.of.Prefix, nth(r, names)), false, nil
		}
	}
	return "", false, errors.New("it has other recordings of all names that this one could have")
}

// claim keeps a key for a recording while it is copied, unless another one has it: what replaces a recording here may be copied beside it.
func (b *Bucket) claim(key, of string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if have, taken := b.busy[key]; taken && have != of {
		return false
	}
	b.busy[key] = of
	return true
}

func (b *Bucket) free(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.busy, key)
}

const names = 20 // that are tried

// nth is the name of a recording where others have those before it. The last one says when it began.
func nth(r shelf.Recording, i int) string {
	ext := path.Ext(r.Name)
	base := r.Name[:len(r.Name)-len(ext)]
	switch i {
	case 1:
		return r.Name
	case names:
		return fmt.Sprintf("%s-%d%s", base, r.Started.UnixMilli(), ext)
	}
	return fmt.Sprintf("%s-%d%s", base, i, ext)
}

// found is what has a name already.
type found int

const (
	nothing found = iota
	ours          // the recording itself
	another
	hidden // who may write there may not look, or nothing of both
)

// look tells what has a key, by its size and by what is kept with it.
func (b *Bucket) look(ctx context.Context, key string, size int64, known map[string]string) (found, error) {
	info, err := b.client.StatObject(ctx, b.of.Bucket, key, minio.StatObjectOptions{})
	switch status(err) {
	case http.StatusNotFound:
		return nothing, nil
	case http.StatusForbidden:
		return hidden, nil
	}
	if err != nil {
		return nothing, err
	}
	if info.Size != size {
		return another, nil
	}
	for what, is := range known {
		if info.UserMetadata[what] != is {
			return another, nil
		}
	}
	return ours, nil
}

// status is what a storage answered, as HTTP has it; 0 if it did not.
func status(err error) int {
	answer, _ := errors.AsType[minio.ErrorResponse](err)
	return answer.StatusCode
}
