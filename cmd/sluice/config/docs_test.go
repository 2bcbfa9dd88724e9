package config

import (
	"os"
	"regexp"
	"testing"
)

// TestAuthPage: so must these.
func TestAuthPage(t *testing.T) {
	text, err := os.ReadFile("../../../docs/auth.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```").FindAllSubmatch(text, -1)
	if len(blocks) != 5 {
		t.Errorf("there are %d configurations in it", len(blocks))
	}
	for _, b := range blocks {
		good(t, string(b[1]))
	}
}

// TestServingPage: what people copy from the documentation must work, and the keys that it names must be there.
func TestServingPage(t *testing.T) {
	const page = "../../../docs/serving.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```").FindAllSubmatch(text, -1)
	if len(blocks) == 0 {
		t.Error("there is no configuration in it")
	}
	for _, b := range blocks {
		good(t, string(b[1]))
	}
	keys, sections := map[string]bool{}, map[string]bool{}
	for _, k := range Keys() {
		keys[k.Name] = true
		if section := regexp.MustCompile(`^[a-z]+`).FindString(k.Name); section != k.Name {
			sections[section] = true
		}
	}
	named := regexp.MustCompile("`([a-z]+)\\.([a-z0-9_.]+)`").FindAllSubmatch(text, -1)
	if len(named) < 8 {
		t.Errorf("only %d keys are named", len(named))
	}
	for _, m := range named {
		if name := string(m[1]) + "." + string(m[2]); sections[string(m[1])] && !keys[name] {
			t.Errorf("%s names the key %s, which is not there", page, name)
		}
	}
	for _, m := range regexp.MustCompile(`SLUICE_[A-Z0-9_]+`).FindAll(text, -1) {
		known := false
		for _, k := range Keys() {
			known = known || string(m) == k.Env() || k.Secret() && string(m) == k.Env()+fileSuffix
		}
		if !known {
			t.Errorf("%s names %s, which nothing reads", page, m)
		}
	}
}
