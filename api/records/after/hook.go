package after

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"sluice/api/records/shelf"
	"sluice/engine/fault"
)

// Hook is a server that is told of finished recordings: by POST, with the recording in JSON as it is kept beside its file.
type Hook struct {
	URL    string
	Token  string // Bearer token that it is shown; "": none
	Limit  time.Duration
	Client *http.Client // nil: one that follows no redirection
}

// Call tells it of a recording. What is not an answer of 2xx in time is fault.Unreachable.
func (h Hook) Call(ctx context.Context, r shelf.Recording) error {
	ctx, cancel := context.WithTimeout(ctx, h.Limit)
	defer cancel()
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return fault.New(fault.InvalidParams, "records.hook", "this is no address to tell of recordings")
	}
	req.Header.Set("Content-Type", "application/json")
	if h.Token != "" {
		req.Header.Set("Authorization", "Bearer "+h.Token)
	}
	client := h.Client
	if client == nil {
		client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	res, err := client.Do(req)
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // without the address, which may have a secret in it
	}
	if err != nil {
		return fault.New(fault.Unreachable, "records.hook", "nobody could be told of the recording").Because(err)
	}
	defer func() { _ = res.Body.Close() }() // all that matters was read
	const enough = 64 << 10
	_, _ = io.CopyN(io.Discard, res.Body, enough) // so that the connection can be used again
	if res.StatusCode < http.StatusOK || res.StatusCode >= http.StatusMultipleChoices {
		return fault.New(fault.Unreachable, "records.hook", "who is told of recordings answers %s", res.Status)
	}
	return nil
}

// Script is a program that is run for each finished recording, with the names of the stream and of the file as its arguments. No shell
// sees them, and the program has nothing of the server's environment but PATH, HOME and the language.
type Script struct {
	Program string
	Limit   time.Duration
}

// Run runs it, and ends it and what it started when its time is over. A program that fails is fault.Internal, with the end of what it
// wrote.
func (s Script) Run(ctx context.Context, file string, r shelf.Recording) error {
	const moment = time.Second
	ctx, cancel := context.WithTimeout(ctx, s.Limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.Program, r.Stream, file) //nolint:gosec // the operator's own
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = moment
	for _, name := range []string{"PATH", "HOME", "LANG"} {
		cmd.Env = append(cmd.Env, name+"="+os.Getenv(name))
	}
	var out tail
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fault.New(fault.Internal, "records.script", "the program fails: %s", strings.TrimSpace(string(out.b))).Because(err)
	}
	return nil
}

// tail keeps the end of what is written.
type tail struct{ b []byte }

// Write implements io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	const enough = 500
	t.b = append(t.b, b[max(0, len(b)-enough):]...)
	t.b = t.b[max(0, len(t.b)-enough):]
	return len(b), nil
}
