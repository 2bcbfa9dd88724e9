package problem

import (
	"cmp"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"sluice/api/rest/exact"
	"sluice/engine/fault"
)

// OfHuma makes a problem of what huma refuses before anybody of ours sees the request. The values that it found wrong are left out: they
// may be secrets, or large.
func OfHuma(e *huma.ErrorModel) *Problem {
	p := &Problem{Status: e.Status, Title: http.StatusText(e.Status), Detail: e.Detail, Code: string(fault.InvalidRequest)}
	switch {
	case e.Status == http.StatusUnprocessableEntity:
		p.Code = string(fault.InvalidParams)
	case e.Status >= http.StatusInternalServerError:
		p.Code, p.Detail = string(fault.Internal), ""
		return p
	}
	for _, one := range e.Errors {
		p.Errors = append(p.Errors, ofHuma(one, p.Code))
	}
	switch e.Status {
	case http.StatusUnsupportedMediaType:
		p.Hint = "send Content-Type: application/json"
	case http.StatusRequestEntityTooLarge:
		p.Detail = strings.Replace(p.Detail, " limit=", ": the most are ", 1)
	}
	if len(p.Errors) == 1 {
		p.Detail, p.Hint = p.Errors[0].Detail, cmp.Or(p.Errors[0].Hint, p.Hint)
	}
	return p
}

// ofHuma is one of several things that huma found.
func ofHuma(one *huma.ErrorDetail, code string) Detail {
	if f, ok := exact.Parse(one.Message); ok {
		return Detail{Detail: f.Detail, Code: code, Pointer: f.Pointer, Hint: f.Hint}
	}
	d := Detail{Detail: one.Message, Code: code}
	section, rest, _ := strings.Cut(one.Location, ".")
	if section == "body" {
		d.Pointer = pointerTo(rest)
	} else {
		d.Parameter = rest
	}
	if pattern, ok := strings.CutPrefix(one.Message, "expected string to match pattern "); ok {
		d.Detail, d.Hint = "it is not written as it has to be", "it has to match the regular expression "+pattern
	}
	if one.Message == "unexpected property" {
		d.Hint = "leave it out; /openapi.json tells what there is"
	}
	return d
}

// index is an item of a list in huma's notation: "items[3]".
var index = regexp.MustCompile(`\[(\d+)\]`)

// pointerTo writes a path in huma's notation, "params.items[3]", as a JSON pointer (RFC 6901).
func pointerTo(path string) string {
	if path == "" {
		return ""
	}
	path = strings.NewReplacer("~", "~0", "/", "~1").Replace(path)
	return "/" + strings.ReplaceAll(index.ReplaceAllString(path, ".$1"), ".", "/")
}
