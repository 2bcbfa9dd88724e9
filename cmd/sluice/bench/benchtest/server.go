package benchtest

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"sluice/engine/enginetest"
)

// Free is an address on loopback that nobody listens on now.
func Free(b testing.TB) string {
	b.Helper()
	return enginetest.FreeAddress(b)
}

// Serve starts `sluice serve` in a folder, on loopback, with pages at web ("host:port") and what env says beyond that. When Serve returns
// it is ready; it ends with the benchmark.
func Serve(b testing.TB, path, folder, web string, env ...string) *exec.Cmd {
	b.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(b.Context()), path, "serve") // which ends by a signal
	cmd.Dir = folder
	cmd.Env = append([]string{
		"HOME=" + cmd.Dir, "PATH=" + os.Getenv("PATH"), "SLUICE_WEB_LISTEN=" + web, "SLUICE_WEB_TLS_LISTEN=" + Free(b),
		"SLUICE_WEB_SELF_SIGNED=true", "SLUICE_WEBRTC_LOOPBACK=true", "SLUICE_LOG_LEVEL=error", "SLUICE_DRAIN=0s",
	}, env...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(Patience, func() { _ = cmd.Process.Kill() })
		defer late.Stop()
		if err := cmd.Wait(); err != nil {
			b.Errorf("the server was told to end: %v", err)
		}
	})
	Until(b, "the server", 10*time.Millisecond, func() bool { return ready(b.Context(), web) })
	return cmd
}

func ready(ctx context.Context, web string) bool {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+web+"/readyz", http.NoBody)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}
