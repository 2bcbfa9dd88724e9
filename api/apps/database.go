package apps

import (
	"bytes"
	"cmp"
	"net/url"
	"regexp"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/spec"
)

// maxDatabase is how many bytes of a file with applications are read.
const maxDatabase = 1 << 20

// ReadDatabase reads the applications of a WCS's database.yml. Its maker tells what an application has there (name, appKey, url,
// restUsername, restPassword) and not how the file is laid out, so that each map with an appKey is taken for an application, wherever it
// stands and whatever else there is: users, classes, tags of Java and anchors are passed over.
//
// left are appKeys of what cannot be used. What is no YAML, or holds none at all, is fault.InvalidParams.
func ReadDatabase(file string, text []byte) (list []App, left []string, err error) {
	if len(text) > maxDatabase {
		return nil, nil, fault.New(fault.InvalidParams, file, "%d bytes are too many for applications", len(text)).
			Advise("at most %d", maxDatabase)
	}
	root, wrong := spec.ReadValue(file, undirected(text))
	known := map[string]bool{}
	walk(root, func(m spec.Value) {
		a := ofDatabase(m)
		switch {
		case known[a.Key]:
		case a.Check() != nil || len(list) == most:
			left = append(left, strings.ToValidUTF8(a.Key[:min(len(a.Key), maxKey)], ""))
		default:
			known[a.Key] = true
			list = append(list, a)
		}
	})
	if len(list) == 0 && len(left) == 0 {
		f := fault.New(fault.InvalidParams, file, "there is no application in it").Advise("maps with an appKey are looked for")
		for _, d := range wrong {
			if d.Severity == spec.Error && d.Code != spec.CodeTag && d.Code != spec.CodeAnchor {
				return nil, nil, f.Because(fault.New(fault.InvalidParams, d.Pos.String(), "%s", d.Msg))
			}
		}
		return nil, nil, f
	}
	return list, left, nil
}

// undirected leaves out directives of YAML, which change nothing here.
func undirected(text []byte) []byte {
	directive := regexp.MustCompile(`(?m)^%(YAML|TAG)[^\n]*$`)
	return directive.ReplaceAll(bytes.TrimPrefix(text, []byte("\ufeff")), nil)
}

// walk finds the maps with an appKey.
func walk(v spec.Value, found func(spec.Value)) {
	if key, ok := v.Get("appKey"); ok && key.Text != "" {
		found(v)
	}
	for _, item := range v.Items {
		walk(item, found)
	}
	for _, e := range v.Entries {
		walk(e.Value, found)
	}
}

func ofDatabase(m spec.Value) App {
	get := func(name string) string {
		v, _ := m.Get(name)
		if v.Kind == spec.Null {
			return ""
		}
		return v.Text
	}
	a := App{
		Key: get("appKey"), Name: get("name"), URL: strings.TrimRight(get("url"), "/"),
		Username: cmp.Or(get("restUsername"), get("restUser")), Password: get("restPassword"),
	}
	if builtIn(a.URL) {
		a.URL = ""
	}
	if a.Username == "" {
		a.Password = "" // WCS writes an empty user with whatever password
	}
	return a
}

// builtIn tells whether an address is that of the application which a WCS comes with, and answers with what it is asked.
func builtIn(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Path != "/apps/EchoApp" {
		return false
	}
	return u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1"
}
