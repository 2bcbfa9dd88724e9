package main

import (
	"bytes"
	"context"
	"os"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain also makes this test program a worker, which is what whoever looks for its own program starts, and a server, which
// wants a process of its own to be sent signals.
func TestMain(m *testing.M) {
	if isWorker(os.Args[1:]) || len(os.Args) > 1 && os.Args[1] == "serve" {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) //nolint:forbidigo // it is main here
	}
	testscript.Main(m, map[string]func(){
		"sluice": func() { os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }, //nolint:forbidigo // it is main here
	})
}

// TestScripts runs the command as its users do. Each file in testdata/script is a conversation with it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("SLUICE_REGISTRY", "snapshot")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "big": big},
	})
}

// big FILE BYTES writes a file of blanks.
func big(ts *testscript.TestScript, neg bool, list []string) {
	if neg || len(list) != 2 {
		ts.Fatalf("usage: big file bytes")
	}
	size, err := strconv.Atoi(list[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(list[0]), bytes.Repeat([]byte(" "), size), 0o600))
}

// exits CODE COMMAND… checks the exit code, which testscript itself does not tell apart.
func exits(ts *testscript.TestScript, neg bool, list []string) {
	if neg || len(list) < 2 {
		ts.Fatalf("usage: exits code command…")
	}
	err := ts.Exec(list[1], list[2:]...)
	got := "0"
	if err != nil {
		got = err.Error()
	}
	if want := map[string]string{"0": "0", "1": "exit status 1", "2": "exit status 2", "3": "exit status 3"}[list[0]]; got != want {
		ts.Fatalf("%v: %s, want %s", list[1:], got, want)
	}
}
