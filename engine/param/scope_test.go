package param

import (
	"testing"
)

func TestChain(t *testing.T) {
	s := Chain(Values{"a": 1}, nil, Values{"a": 2, "b": nil}, Values{"b": 3, "c": 4})
	for name, want := range map[string]any{"a": 1, "b": nil, "c": 4} {
		if got, ok := s.Lookup(name); !ok || got != want {
			t.Errorf("%s is %v, %v; want %v", name, got, ok, want)
		}
	}
	if got, ok := s.Lookup("d"); ok || got != nil {
		t.Errorf("d is %v", got)
	}
	if _, ok := Chain().Lookup("a"); ok {
		t.Error("an empty chain knows a name")
	}
}

func TestEnv(t *testing.T) {
	t.Setenv("SLUICE_TEST_HOST", "h")
	t.Setenv("SLUICE_TEST_EMPTY", "")
	t.Setenv("SLUICE_TEST_OTHER", "o")
	s := Env(func(name string) bool { return name != "SLUICE_TEST_OTHER" })
	for name, want := range map[string]any{"env.SLUICE_TEST_HOST": "h", "env.SLUICE_TEST_EMPTY": ""} {
		if got, ok := s.Lookup(name); !ok || got != want {
			t.Errorf("%s is %v, %v; want %v", name, got, ok, want)
		}
	}
	for _, name := range []string{"env.SLUICE_TEST_OTHER", "env.SLUICE_TEST_NONE", "SLUICE_TEST_HOST", "env", "env."} {
		if got, ok := s.Lookup(name); ok || got != nil {
			t.Errorf("%s is %v", name, got)
		}
	}
	if _, ok := Env(nil).Lookup("env.SLUICE_TEST_HOST"); ok {
		t.Error("without a rule the environment is open")
	}
}
