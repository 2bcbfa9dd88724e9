package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"sluice/api/apps"
	"sluice/api/auth"
	"sluice/api/auth/access"
	"sluice/api/auth/admin"
	"sluice/cmd/sluice/config"
	"sluice/cmd/sluice/serve"
	"sluice/engine/fault"
)

// TestUsersOfApplications: where the configuration lets them, users of applications call the API of WCS, also those of its database.
func TestUsersOfApplications(t *testing.T) {
	database := filepath.Join(t.TempDir(), "database.yml")
	const text = "apps:\n  - {appKey: shop, url: \"http://backend.example/shop\", restUsername: wcs, restPassword: hush1}\n"
	if err := os.WriteFile(database, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := apps.New(apps.Options{Database: database, Config: []apps.App{
		{Key: "door", Username: "door", Password: "hush2"}, {Key: "other", Username: "door", Password: "hush3"}, {Key: "open", Username: "open"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	boss := auth.TokenConfig{Name: "boss", Token: "hush4", Admin: true}
	who, err := access.New(auth.Config{Tokens: []auth.TokenConfig{boss}}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer who.Close()
	for _, row := range []struct {
		what, user, password, token string
		with, without               fault.Code
	}{
		{"one of the database", "wcs", "hush1", "", "", fault.Unauthorized},
		{"one of the configuration", "door", "hush2", "", "", fault.Unauthorized},
		{"of another application", "door", "hush3", "", "", fault.Unauthorized},
		{"another's password", "door", "hush1", "", fault.Unauthorized, fault.Unauthorized},
		{"no password", "open", "", "", fault.Unauthorized, fault.Unauthorized},
		{"nobody", "", "", "", fault.Unauthorized, fault.Unauthorized},
		{"an administrator", "", "", "hush4", "", ""},
	} {
		for _, on := range []bool{false, true} {
			p := &serve.Parts{Auth: who, Apps: list, Config: config.Config{Apps: config.AppsConfig{Callers: on}}}
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/rest-api/stream/find_all", nil)
			r.RemoteAddr = "203.0.113.7:1234"
			want := row.without
			if on {
				want = row.with
			}
			switch {
			case row.token != "":
				r.Header.Set("Authorization", "Bearer "+row.token)
			case row.user != "":
				r.SetBasicAuth(row.user, row.password)
			}
			user, err := callers(p, admin.New(who, "rest")).Admit(r)
			if fault.CodeOf(err) != want || err == nil && row.user != "" && user != row.user {
				t.Errorf("%s, %v: %q %v", row.what, on, user, err)
			}
		}
	}
	if (appUsers{list}).Judges(auth.Publish) {
		t.Error("they publish")
	}
}
