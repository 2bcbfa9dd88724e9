package main

import "testing"

// A worker is told by its verb and the elements it loads ahead; anything like a flag is for people.
func TestIsWorker(t *testing.T) {
	for _, c := range []struct {
		args []string
		is   bool
	}{
		{nil, false},
		{[]string{"worker"}, true},
		{append([]string{"worker"}, warmed()...), true},
		{[]string{"worker", "--help"}, false},
		{[]string{"run", "worker"}, false},
	} {
		if got := isWorker(c.args); got != c.is {
			t.Errorf("%q: %t", c.args, got)
		}
	}
}
