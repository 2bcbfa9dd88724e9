package doctor

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

func TestLinux(t *testing.T) {
	var s Linux
	if n, err := s.Limit(OpenFiles); err != nil || n < 16 {
		t.Errorf("%d files, %v", n, err)
	}
	if c, err := s.Clock(); err != nil || c.Resolution <= 0 {
		t.Errorf("%+v, %v", c, err)
	}
	folder := t.TempDir()
	if sp, err := s.Space(filepath.Join(folder, "not", "there")); err != nil || sp.Total == 0 || !sp.Writable {
		t.Errorf("%+v, %v", sp, err)
	}
	if _, err := s.Space("relative"); err == nil {
		t.Error("a folder that is not absolute")
	}
}

func TestBind(t *testing.T) {
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := (Linux{}).Bind(t.Context(), "tcp", addr); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("a taken port: %v", err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	m := &Machine{Root: os.DirFS("/")}
	if got, want := m.holder("tcp", port), "(process "+strconv.Itoa(os.Getpid())+")"; len(got) < len(want) || got[len(got)-len(want):] != want {
		t.Errorf("it is held%s, not by this %s", got, want)
	}
	l.Close()
	for _, network := range []string{"tcp", "udp"} {
		if err := (Linux{}).Bind(t.Context(), network, addr); err != nil {
			t.Errorf("%s, free: %v", network, err)
		}
	}
}
