// Package problem says what went wrong in the words of HTTP: problem documents of RFC 9457, made of faults. What caused a fault may be
// of the server's inside and is not told; who runs the server finds it in the log.
package problem

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"sluice/api"
	"sluice/engine/fault"
)

// ContentType is that of a problem document.
const ContentType = "application/problem+json"

// retryAfter is when who is sent away may come again, in seconds.
const retryAfter = 2

// Problem is the body of every error. Its type is left out, which means "about:blank": the code says what it is.
type Problem struct {
	Title  string   `json:"title" doc:"The status in words."`
	Status int      `json:"status" doc:"The status of the answer."`
	Detail string   `json:"detail,omitempty" doc:"What is wrong, for people."`
	Code   string   `json:"code" doc:"What is wrong, for programs. The list of codes is closed." example:"invalid_params"`
	Place  string   `json:"place,omitempty" doc:"Where: a graph, a pipeline and its node, or a parameter." example:"rooms/mixer#7f3a/in"`
	Hint   string   `json:"hint,omitempty" doc:"What to do about it."`
	Errors []Detail `json:"errors,omitempty" doc:"What is wrong, one by one, where it is several things or has a place in the request."`
}

// Detail is one of several things that are wrong.
type Detail struct {
	Detail    string `json:"detail" doc:"What is wrong, for people."`
	Code      string `json:"code,omitempty" doc:"What is wrong, for programs: of a graph, a code of the linter."`
	Pointer   string `json:"pointer,omitempty" doc:"JSON pointer into the body of the request." example:"/params/width"`
	Parameter string `json:"parameter,omitempty" doc:"Parameter of the address or of the header that is wrong." example:"limit"`
	Hint      string `json:"hint,omitempty" doc:"What to do about it."`
	Severity  string `json:"severity,omitempty" doc:"Of a finding in a graph: error or warning."`
	File      string `json:"file,omitempty" doc:"Of a finding in a graph: its file, below the folder of graphs."`
	Line      int    `json:"line,omitempty" doc:"Counts from 1."`
	Column    int    `json:"column,omitempty" doc:"Counts from 1, in characters."`
	State     string `json:"state,omitempty" doc:"The state that the pipeline has to be in for this." example:"planned"`
}

// Refusal is a fault with another status than its code's, because HTTP has one for just that, or with details.
type Refusal struct {
	*fault.Fault
	Status int // 0: that of the code
	Errors []Detail
}

// Refuse makes a Refusal.
func Refuse(status int, code fault.Code, format string, args ...any) *Refusal {
	return &Refusal{Fault: fault.New(code, "", format, args...), Status: status}
}

// With gives the refusal a hint.
func (r *Refusal) With(hint string) *Refusal {
	return &Refusal{Fault: r.Advise("%s", hint), Status: r.Status, Errors: r.Errors}
}

// Unwrap gives the fault.
func (r *Refusal) Unwrap() error { return r.Fault }

// Of makes a problem of an error.
func Of(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	p := &Problem{Code: string(fault.CodeOf(err))}
	p.Status = api.Status(fault.CodeOf(err))
	f, _ := errors.AsType[*fault.Fault](err)
	if r, ok := errors.AsType[*Refusal](err); ok {
		f, p.Errors = r.Fault, r.Errors
		if r.Status != 0 {
			p.Status = r.Status
		}
	}
	if f != nil {
		p.Detail, p.Place, p.Hint = f.Msg, f.Place, f.Hint
	}
	if several := faults(err); len(several) > 0 {
		p.Detail, p.Place, p.Hint = summary(several), "", ""
		for _, one := range several {
			p.Errors = append(p.Errors, detail(one))
		}
	}
	p.Title = http.StatusText(p.Status)
	return p
}

// faults are those whose places are in the body of the request: several that are joined, or one.
func faults(err error) []*fault.Fault {
	list := []error{err}
	if several, ok := err.(interface{ Unwrap() []error }); ok { // of one that wraps such an error the wrapping is worth telling
		list = several.Unwrap()
	}
	var out []*fault.Fault
	for _, one := range list {
		if f, ok := errors.AsType[*fault.Fault](one); ok && (len(list) > 1 || pointer(f) != "") {
			out = append(out, f)
		}
	}
	return out
}

func summary(list []*fault.Fault) string {
	if len(list) == 1 {
		return list[0].Msg
	}
	return strconv.Itoa(len(list)) + " things are wrong with the request"
}

func detail(f *fault.Fault) Detail {
	return Detail{Detail: f.Msg, Code: string(f.Code), Pointer: pointer(f), Hint: f.Hint}
}

// pointer is the place of a fault if it is a JSON pointer, as package param has it.
func pointer(f *fault.Fault) string {
	if len(f.Place) > 1 && f.Place[0] == '/' && f.Code == fault.InvalidParams {
		return f.Place
	}
	return ""
}

// Error is the detail: a Problem is an error of its own.
func (p *Problem) Error() string {
	if p.Detail == "" {
		return p.Title
	}
	return p.Detail
}

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="sluice"`) // RFC 9110 11.6.1 wants one
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", strconv.Itoa(retryAfter))
	}
	return h
}

// ContentType implements huma.ContentTypeFilter.
func (*Problem) ContentType(string) string { return ContentType }

// Write answers with the problem.
func (p *Problem) Write(w http.ResponseWriter) {
	for name, list := range p.GetHeaders() {
		w.Header()[name] = list
	}
	w.Header().Set("Content-Type", ContentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone if it fails
}
