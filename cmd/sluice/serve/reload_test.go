package serve

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sluice/api"
	"sluice/api/auth"
	"sluice/cmd/sluice/config"
	"sluice/engine/spec"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// reloads gives a server one configuration after the other, each for one SIGHUP.
func reloads(t *testing.T, o *Options, list ...func() (*config.Loaded, []spec.Diagnostic, error)) {
	t.Helper()
	o.Reload = func() (*config.Loaded, []spec.Diagnostic, error) {
		next := list[0]
		list = list[1:]
		return next()
	}
}

func fine(t *testing.T, text string) func() (*config.Loaded, []spec.Diagnostic, error) {
	return func() (*config.Loaded, []spec.Diagnostic, error) { return settings(t, text), nil, nil }
}

func TestReloadTakesOverWhatItCan(t *testing.T) {
	o, b := options(t, "drain: 1m", nil)
	reloads(t, &o,
		fine(t, "drain: 2m\nlog: {level: debug}\nhub: {cache: 5M}\nauth: {tokens: [{name: a, token: 0123456789abcdef, publish: ['**']}]}"),
		fine(t, "drain: 2m\nlog: {level: debug}\nhub: {cache: 5M}\nauth: {tokens: [{name: a, token: 0123456789abcdef, publish: ['**']}]}"),
		func() (*config.Loaded, []spec.Diagnostic, error) {
			return config.Load(config.Options{Env: []string{config.EnvText + "=drain: x"}})
		},
		func() (*config.Loaded, []spec.Diagnostic, error) { return nil, nil, errors.New("the disk is gone") },
	)
	begin(t, o, b)
	if o.Log.Enabled(t.Context(), slog.LevelDebug) {
		t.Error("debug is told already")
	}
	if _, err := b.auth.Authorise(t.Context(), auth.Request{Action: auth.Publish, Stream: "a"}); err != nil {
		t.Error(err)
	}
	b.signals <- syscall.SIGHUP
	b.log.await(t, `msg="configuration changed" keys="drain log.level auth.tokens"`)
	b.log.await(t, `msg="a change needs a restart" key=hub.cache from=SLUICE_CONFIG_TEXT:3`)
	b.log.await(t, `msg="graphs unchanged"`)
	b.system.await(t, "RELOADING=1\nMONOTONIC_USEC=")
	if !o.Log.Enabled(t.Context(), slog.LevelDebug) {
		t.Error("the level is as it was")
	}
	if _, err := b.auth.Authorise(t.Context(), auth.Request{Action: auth.Publish, Stream: "a"}); err == nil {
		t.Error("everybody may still publish")
	}
	b.signals <- syscall.SIGHUP // it says again what waits
	b.signals <- syscall.SIGHUP // and keeps what it has when it cannot read the next
	b.log.await(t, `finding="SLUICE_CONFIG_TEXT:1:8: error[bad_value]: \"drain\": \"x\" is not a duration`)
	b.log.await(t, `msg="the configuration in use stays"`)
	b.signals <- syscall.SIGHUP
	b.log.await(t, `err="the disk is gone"`)
	b.system.await(t, "READY=1\nRELOADING=1\n")
	if n := strings.Count(b.log.String(), "key=hub.cache"); n != 2 {
		t.Errorf("it says %d times what needs a restart", n)
	}
	b.signals <- syscall.SIGTERM
	if err := b.ended(t); err != nil {
		t.Error(err)
	}
}

func TestReloadOfCertificates(t *testing.T) {
	dir := t.TempDir()
	made := func(name string) (string, string) {
		cert, key := filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")
		if _, err := api.NewCertificates(api.CertificateOptions{SelfSigned: true, CertFile: cert, KeyFile: key}); err != nil {
			t.Fatal(err)
		}
		return cert, key
	}
	conf := func(cert, key string) string { return "web: {cert: " + cert + ", key: " + key + "}" }
	cert1, key1 := made("one")
	cert2, key2 := made("two")
	o, b := options(t, conf(cert1, key1), nil)
	reloads(t, &o, fine(t, conf(cert2, key2)), fine(t, conf(cert2, "/none")), fine(t, conf(cert2, key2)), fine(t, ""))
	begin(t, o, b)
	serial := func() string {
		_, secure := b.web.Addresses()
		c, err := tls.Dial("tcp", secure[0].String(), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	first := serial()
	b.signals <- syscall.SIGHUP
	b.log.await(t, `keys="web.cert web.key"`)
	second := serial()
	if second == first {
		t.Error("it is the old one")
	}
	b.signals <- syscall.SIGHUP
	b.log.await(t, `msg="the configuration in use stays" err="web.key: \"/none\" cannot be read`)
	if serial() != second {
		t.Error("half of a certificate is used")
	}
	if err := os.Rename(cert1, cert2); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(key1, key2); err != nil {
		t.Fatal(err)
	}
	b.signals <- syscall.SIGHUP
	b.log.await(t, `msg="certificate read anew"`)
	if serial() != first {
		t.Error("the files were not read anew")
	}
	b.signals <- syscall.SIGHUP
	b.log.await(t, "TLS cannot be turned on or off without a restart")
	b.signals <- os.Interrupt
	if err := b.ended(t); err != nil {
		t.Error(err)
	}
}

func TestReloadOfGraphs(t *testing.T) {
	dir := t.TempDir()
	o, b := options(t, "graphs: "+dir, map[string]string{"live/publish": publishing})
	begin(t, o, b)
	if err := os.Mkdir(filepath.Join(dir, "live"), 0o700); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(dir, "live", "mine.yaml")
	if err := os.WriteFile(mine, []byte(strings.ReplaceAll(publishing, "/{stream...}", "/mine/{stream}")), 0o600); err != nil {
		t.Fatal(err)
	}
	b.signals <- syscall.SIGHUP
	// The store may have seen the file by itself before: then there is nothing left to tell.
	b.log.await(t, "msg=\"graphs ")
	if _, ok := b.graphs.Current().Graph("live/mine"); !ok {
		b.log.await(t, "added=live/mine")
	}
	b.signals <- os.Interrupt
	if err := b.ended(t); err != nil {
		t.Error(err)
	}
}
