package apps_test

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/api/apps"
	"sluice/engine/fault"
)

const database = `%YAML 1.1
--- !!com.example.Database
users:
- {name: admin, password: x, group: super}
apps:
- !!com.example.App
  appKey: defaultApp
  name: defaultApp
  url: http://localhost:8081/apps/EchoApp
  owner: admin
  mainClass: com.example.Main
  restUsername: null
  restPassword: null
- &id001
  appKey: shop
  name: Shop
  url: "https://backend.example.org/hooks/"
  restUsername: wcs
  restPassword: 'p:w'
- appKey: 7
  url: http://h/x
- appKey: bad
  url: ftp://h/x
`

func TestReadDatabase(t *testing.T) {
	list, left, err := apps.ReadDatabase("database.yml", []byte(database))
	want := []apps.App{
		{Key: "defaultApp", Name: "defaultApp"},
		{Key: "shop", Name: "Shop", URL: "https://backend.example.org/hooks", Username: "wcs", Password: "p:w"},
		{Key: "7", URL: "http://h/x"},
	}
	if err != nil || fmt.Sprint(left) != "[bad]" || len(list) != len(want) {
		t.Fatalf("%v %v %v", list, left, err)
	}
	for i := range want {
		if fmt.Sprintf("%q %q", list[i].Name+list[i].URL+list[i].Username, list[i].Password) !=
			fmt.Sprintf("%q %q", want[i].Name+want[i].URL+want[i].Username, want[i].Password) || list[i].Key != want[i].Key {
			t.Errorf("%v and not %v", list[i], want[i])
		}
	}
	for _, text := range []string{"", "apps: []", "[", "\x00", "a: b", strings.Repeat("x", 2<<20)} {
		if _, _, err := apps.ReadDatabase("database.yml", []byte(text)); !errors.Is(err, fault.InvalidParams) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

// FuzzReadDatabase: whatever is in the file, each application that comes of it can be used, and there are none twice.
func FuzzReadDatabase(f *testing.F) {
	f.Add([]byte(database))
	f.Add([]byte("apps: {x: {appKey: a, url: http://h}, y: {appKey: a}}"))
	f.Add([]byte("- appKey: [a]\n- appKey: {b: c}\n- appKey:\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, left, err := apps.ReadDatabase("f", text)
		if err != nil && len(list)+len(left) > 0 {
			t.Fatal("both an error and applications")
		}
		known := map[string]bool{}
		for _, a := range list {
			if a.Check() != nil || known[a.Key] {
				t.Fatalf("%#v", a)
			}
			known[a.Key] = true
		}
	})
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		app  apps.App
		good bool
	}{
		{apps.App{Key: "a"}, true},
		{apps.App{Key: "a", URL: "https://h:8443/x/y", Username: "u", Password: "p", Secret: "s", Name: "Ä b"}, true},
		{apps.App{}, false},
		{apps.App{Key: " a"}, false},
		{apps.App{Key: "a\n"}, false},
		{apps.App{Key: strings.Repeat("a", 129)}, false},
		{apps.App{Key: "a", Name: "\u202e"}, false},
		{apps.App{Key: "a", URL: "h/x"}, false},
		{apps.App{Key: "a", URL: "file:///etc/passwd"}, false},
		{apps.App{Key: "a", URL: "http://"}, false},
		{apps.App{Key: "a", URL: "http://u:p@h/"}, false},
		{apps.App{Key: "a", URL: "http://h/x?y"}, false},
		{apps.App{Key: "a", URL: "http://h/#y"}, false},
		{apps.App{Key: "a", Username: "u:v"}, false},
		{apps.App{Key: "a", Password: "p"}, false},
		{apps.App{Key: "a", Secret: strings.Repeat("s", 2000)}, false},
	} {
		err := c.app.Check()
		if (err == nil) != c.good || err != nil && !errors.Is(err, fault.InvalidParams) {
			t.Errorf("%#v: %v", c.app, err)
		}
		if err != nil && (strings.Contains(err.Error(), ":p@") || strings.Contains(err.Error(), "sss")) {
			t.Errorf("a secret is told: %v", err)
		}
	}
	if a := (apps.App{Key: "k"}); a.Called() != "k" || (apps.App{Key: "k", Name: "n"}).Called() != "n" {
		t.Error(a.Called())
	}
}

func TestHas(t *testing.T) {
	all, some, echo := apps.App{URL: "http://h"}, apps.App{URL: "http://h", Methods: []string{"connect"}}, apps.App{Key: "a"}
	if !all.Has("connect") || !all.Has("x") || !some.Has("connect") || some.Has("x") || echo.Has("connect") {
		t.Error("wrong methods")
	}
}

// TestSources: the configuration counts before the file, and that before the database.
func TestSources(t *testing.T) {
	dir := t.TempDir()
	file, db := filepath.Join(dir, "apps.json"), filepath.Join(dir, "database.yml")
	save(t, file, `{"apps":[{"key":"shop","url":"http://file/shop"},{"key":"door","url":"http://file/door"},{"key":"","url":"http://x"}]}`)
	save(t, db, database)
	s, err := apps.New(apps.Options{Config: []apps.App{{Key: "door", URL: "http://config/door"}}, File: file, Database: db})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"door": "http://config/door", "shop": "http://file/shop", "7": "http://h/x", "defaultApp": "",
	} {
		if a, ok := s.Find(key); !ok || a.URL != want {
			t.Errorf("%s: %v %v", key, a, ok)
		}
	}
	if _, ok := s.Find("nobody"); ok || fmt.Sprintf("%d %s", len(s.All()), s.All()[0].Key) != "4 7" { // and not "", which is wrong
		t.Errorf("%v", s.All())
	}
}

// TestChanges: what is changed in the files is used at once; what cannot be read changes nothing.
func TestChanges(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "apps.json")
	var log strings.Builder
	s, err := apps.New(apps.Options{File: file, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	is := func(when, want string) {
		t.Helper()
		var keys []string
		for _, a := range s.All() {
			keys = append(keys, a.Key)
		}
		if got := strings.Join(keys, " "); got != want {
			t.Errorf("%s: %q and not %q", when, got, want)
		}
	}
	is("at first", "")
	other, err := apps.New(apps.Options{File: file}) // another process, such as a command
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Put(apps.App{Key: "b", URL: "http://h", Password: "p", Username: "u"}); err != nil {
		t.Fatal(err)
	}
	is("added elsewhere", "b")
	if err := s.Put(apps.App{Key: "a"}); err != nil {
		t.Fatal(err)
	}
	is("added here", "a b")
	if err := s.Put(apps.App{Key: "b"}); err != nil {
		t.Fatal(err)
	}
	if a, _ := other.Find("b"); a.URL != "" {
		t.Errorf("not changed: %v", a)
	}
	if err := other.Remove("a"); err != nil {
		t.Fatal(err)
	}
	is("removed", "b")
	if err := s.Remove("a"); !errors.Is(err, fault.ResourceNotFound) {
		t.Error(err)
	}
	if err := s.Put(apps.App{Key: "\n"}); !errors.Is(err, fault.InvalidParams) {
		t.Error(err)
	}
	save(t, file, `{"apps":`)
	is("broken", "b")
	is("still broken", "b")
	if n := strings.Count(log.String(), "stay as they were"); n != 1 {
		t.Errorf("told %d times: %s", n, log.String())
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	is("gone", "")
	info, err := os.ReadDir(dir)
	if err != nil || len(info) != 1 || info[0].Name() != "apps.json.lock" {
		t.Errorf("left behind: %v %v", info, err)
	}
}

// TestNothingIsLost: a file with an application that cannot be used is not written anew without it, and whoever tries hears which it is.
func TestNothingIsLost(t *testing.T) {
	file := filepath.Join(t.TempDir(), "apps.json")
	const text = `{"apps":[{"key":"shop","url":"http://h/shop"},{"key":"typo","url":"htp://h/typo"}]}`
	save(t, file, text)
	s, err := apps.New(apps.Options{File: file})
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{"put": s.Put(apps.App{Key: "other"}), "remove": s.Remove("shop")} {
		if !errors.Is(err, fault.InvalidParams) || !strings.Contains(fmt.Sprint(err), `"typo"`) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if now, err := os.ReadFile(file); string(now) != text {
		t.Errorf("the file is now %s, %v", now, err)
	}
}

// TestPrivate: nobody else reads the file, which has passwords in it.
func TestPrivate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "apps.json")
	s, err := apps.New(apps.Options{File: file})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(apps.App{Key: "a"}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

// TestAtOnce: of many who add at the same time nobody is lost, and who reads meanwhile never sees half a file.
func TestAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "apps.json")
	const many = 20
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			s, err := apps.New(apps.Options{File: file})
			if err == nil {
				err = s.Put(apps.App{Key: fmt.Sprint(i)})
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s, err := apps.New(apps.Options{File: file})
	if err != nil || len(s.All()) != many {
		t.Errorf("%v, %v", s.All(), err)
	}
}

func TestNewRefuses(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken")
	save(t, broken, "{")
	for name, o := range map[string]apps.Options{
		"wrong":       {Config: []apps.App{{Key: "a", URL: "x"}}},
		"twice":       {Config: []apps.App{{Key: "a"}, {Key: "a"}}},
		"broken":      {File: broken},
		"no database": {Database: filepath.Join(dir, "none")},
		"bad one":     {Database: broken},
	} {
		if _, err := apps.New(o); !errors.Is(err, fault.InvalidParams) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s, err := apps.New(apps.Options{})
	if err != nil || !errors.Is(s.Put(apps.App{Key: "a"}), fault.InvalidRequest) {
		t.Errorf("kept nowhere: %v", err)
	}
}

// save writes a file, with another time than it had.
func save(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, time.Time{}, time.Now().Add(time.Duration(len(text))*time.Second)); err != nil {
		t.Fatal(err)
	}
}
