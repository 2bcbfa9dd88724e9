package metrics

import (
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"sluice/engine/stat"
)

// Requests counts requests over HTTP. Safe for concurrent use.
type Requests struct {
	mu    sync.Mutex
	doors map[string]*answers
}

// answers are those of one door.
type answers struct {
	took stat.Durations

	mu    sync.Mutex
	codes map[int]uint64
}

// NewRequests makes an empty one.
func NewRequests() *Requests { return &Requests{doors: map[string]*answers{}} }

// Count counts what a door answers, by the time until its answer begins: some answers have no end.
func (r *Requests) Count(door string, next http.Handler) http.Handler {
	r.mu.Lock()
	a := r.doors[door]
	if a == nil {
		a = &answers{codes: map[int]uint64{}}
		r.doors[door] = a
	}
	r.mu.Unlock()
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		t := &timed{ResponseWriter: w, answers: a, begun: time.Now()}
		next.ServeHTTP(t, q)
		t.answer(http.StatusOK) // which is what net/http says for who says nothing
	})
}

// write writes down what was counted.
func (r *Requests) write(s sheet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for door, a := range r.doors {
		a.mu.Lock()
		for code, n := range with(a.codes, http.StatusOK) {
			s.count("sluice_http_requests_total", n, door, strconv.Itoa(code))
		}
		a.mu.Unlock()
		s.spread("sluice_http_request_seconds", a.took.Snapshot(), door)
	}
}

// timed notes when an answer begins.
type timed struct {
	http.ResponseWriter
	answers *answers
	begun   time.Time
	done    bool
}

// Unwrap is for http.ResponseController.
func (t *timed) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// Flush implements http.Flusher, which some ask for by its name.
func (t *timed) Flush() {
	t.answer(http.StatusOK)
	_ = http.NewResponseController(t.ResponseWriter).Flush() // what cannot be flushed comes later
}

// WriteHeader implements http.ResponseWriter.
func (t *timed) WriteHeader(status int) {
	if status >= http.StatusOK { // 1xx come before the answer
		t.answer(status)
	}
	t.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (t *timed) Write(b []byte) (int, error) {
	t.answer(http.StatusOK)
	return t.ResponseWriter.Write(b)
}

// ReadFrom implements io.ReaderFrom, by which net/http has the kernel copy files.
func (t *timed) ReadFrom(r io.Reader) (int64, error) {
	t.answer(http.StatusOK)
	return io.Copy(t.ResponseWriter, r)
}

// answer counts the answer, once.
func (t *timed) answer(status int) {
	const first, last = 100, 599
	if t.done {
		return
	}
	t.done = true
	if status < first || status > last {
		status = http.StatusInternalServerError // a handler's slip, which must not make series
	}
	t.answers.took.Observe(time.Since(t.begun))
	t.answers.mu.Lock()
	t.answers.codes[status]++
	t.answers.mu.Unlock()
}
