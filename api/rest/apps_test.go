package rest_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sluice/api/apps"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
)

// applications are some of a configuration, with an empty file beside them.
func applications(t *testing.T, config ...apps.App) *apps.Apps {
	t.Helper()
	list, err := apps.New(apps.Options{Config: config, File: filepath.Join(t.TempDir(), "apps.json")})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestApplications: applications are put into the file, listed without what is secret, and removed from it.
func TestApplications(t *testing.T) {
	file := filepath.Join(t.TempDir(), "apps.json")
	list, err := apps.New(apps.Options{File: file, Config: []apps.App{
		{Key: "fixed", URL: "https://fixed.example/x", Username: "me", Password: "hush1", Secret: "hush2", Fail: []string{"connect"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	k := start(t, options{change: func(o *restOptions) {
		o.V1.Apps, o.V1.Methods = list, func(name string) bool { return name == "connect" || name == "playHLS" }
	}})
	made := want[wire.App](k, 200, "PUT /v1/apps/shop", J{"name": "Shop", "sign": true})
	if made.Secret == "" || !made.Signed || made.Source != "file" || made.Name != "Shop" {
		t.Errorf("%+v", made)
	}
	p := want[wire.Page[wire.App]](k, 200, "GET /v1/apps", nil)
	if p.Total != 2 || p.Items[0].Key != "fixed" || p.Items[0].Source != "config" || !p.Items[0].Password || !p.Items[0].Signed || p.Items[1].Key != "shop" {
		t.Errorf("%+v", p)
	}
	if text := k.call("GET /v1/apps", nil).text; strings.Contains(text, "hush") || strings.Contains(text, made.Secret) {
		t.Error(text)
	}
	if next := want[wire.Page[wire.App]](k, 200, "GET /v1/apps?limit=1", nil); len(next.Items) != 1 || next.Next != "fixed" {
		t.Errorf("%+v", next)
	}
	// What is put takes the place of what was there.
	got := want[wire.App](k, 200, "PUT /v1/apps/shop", J{"username": "me", "password": "hush3", "methods": []string{"connect"}, "fail": []string{"playHLS"}})
	if one := want[wire.App](k, 200, "GET /v1/apps/shop", nil); one.Signed || one.Name != "shop" || !one.Password || one.Username != "me" ||
		!slices.Equal(one.Methods, []string{"connect"}) || !slices.Equal(one.Fail, []string{"playHLS"}) || got.Secret != "" {
		t.Errorf("%+v", one)
	}
	a, ok := list.Find("shop")
	if !ok || !a.Callers || a.Password != "hush3" {
		t.Errorf("%+v", a)
	}
	want[J](k, 204, "DELETE /v1/apps/shop", nil)
	for _, what := range []string{"GET /v1/apps/shop", "DELETE /v1/apps/shop", "DELETE /v1/apps/fixed"} {
		k.refused(404, fault.ResourceNotFound, what, nil)
	}
	if text, err := os.ReadFile(file); err != nil || strings.Contains(string(text), "shop") {
		t.Errorf("%s %v", text, err)
	}
}

// TestApplicationsThatCannotBePut: back ends are where callers may have the server connect to, and nowhere else.
func TestApplicationsThatCannotBePut(t *testing.T) {
	o := options{change: func(o *restOptions) {
		o.V1.Apps = applications(t, apps.App{Key: "fixed"})
		o.V1.Methods = func(name string) bool { return name == "connect" }
	}}
	o.rules.Hosts = []string{"backend.example", "10.1.0.0/16", "*.wild.example"}
	k := start(t, o)
	for _, good := range []string{"https://backend.example/hooks", "http://10.1.2.3/x/", "https://a.wild.example:99"} {
		want[J](k, 200, "PUT /v1/apps/shop", J{"url": good})
	}
	for _, bad := range []string{"http://169.254.169.254/latest", "http://localhost:8081/v1", "http://10.2.0.1/x", "http://[::1]/"} {
		if p := k.refused(403, fault.Forbidden, "PUT /v1/apps/shop", J{"url": bad}); !strings.Contains(p.Hint, "rest.hosts") {
			t.Errorf("%+v", p)
		}
	}
	for _, body := range []J{
		{"url": "ftp://backend.example"}, {"url": "https://me:x@backend.example"}, {"password": "x"}, {"methods": []string{"dance"}},
		{"fail": []string{"dance"}}, {"more": 1}, {"name": 7},
	} {
		k.refused(422, fault.InvalidParams, "PUT /v1/apps/shop", body)
	}
	k.refused(409, fault.NameInUse, "PUT /v1/apps/fixed", J{})
	if p := want[wire.App](k, 200, "GET /v1/apps/shop", nil); p.URL != "https://a.wild.example:99" {
		t.Errorf("%+v", p)
	}
	none := start(t, options{})
	if p := want[wire.Page[wire.App]](none, 200, "GET /v1/apps", nil); p.Items == nil || p.Total != 0 {
		t.Errorf("%+v", p)
	}
	none.refused(400, fault.InvalidRequest, "PUT /v1/apps/shop", J{})
}
