package api

import (
	"errors"
	"net"
	"os"
	"strings"
	"testing"

	"sluice/engine/fault"
)

func TestBindSaysWhatToDo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, row := range []struct {
		address string
		code    fault.Code
		want    string
	}{
		{taken.Addr().String(), fault.Unreachable, "is taken"},
		{"nonsense", fault.InvalidParams, `"nonsense" is no address to listen on (write "host:port"`},
		{"192.0.2.1:1", fault.Unreachable, `this machine does not have the address of "192.0.2.1:1"`}, // TEST-NET-1, RFC 5737
		{"127.0.0.1:99999", fault.Unreachable, `"127.0.0.1:99999" cannot be listened on`},
	} {
		l, err := Bind(t.Context(), "web.listen", row.address)
		if err == nil {
			l.Close()
			t.Errorf("%s was bound", row.address)
			continue
		}
		if !errors.Is(err, row.code) || !strings.HasPrefix(err.Error(), "web.listen: ") || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v", row.address, err)
		}
		if f, ok := errors.AsType[*fault.Fault](err); !ok || f.Hint == "" {
			t.Errorf("%s: no remedy: %v", row.address, err)
		}
	}
}

func TestBindNamesTheRightForPrivilegedPorts(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may bind every port")
	}
	l, err := Bind(t.Context(), "web.tls_listen", "127.0.0.1:443")
	if err == nil {
		l.Close()
		t.Skip("everybody may bind every port here")
	}
	if !strings.Contains(err.Error(), "web.tls_listen") || !strings.Contains(err.Error(), "CAP_NET_BIND_SERVICE") {
		t.Error(err)
	}
}
