package problem

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

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
		d := Detail{Detail: one.Message, Code: p.Code}
		section, rest, _ := strings.Cut(one.Location, ".")
		if section == "body" {
			d.Pointer = pointerTo(rest)
		} else {
			d.Parameter = rest
		}
		p.Errors = append(p.Errors, d)
	}
	switch e.Status {
	case http.StatusUnsupportedMediaType:
		p.Hint = "send Content-Type: application/json"
	case http.StatusRequestEntityTooLarge:
		p.Detail = strings.Replace(p.Detail, " limit=", ": the most are ", 1)
	}
	if len(p.Errors) == 1 {
		p.Detail = p.Errors[0].Detail
	}
	return p
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
