package siptest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"text/template"
	"time"

	"sluice/engine/enginetest/program"
)

//go:embed kamailio.cfg
var kamailio string

// RegistrarOptions are for StartRegistrar. The zero value is a registrar with MD5 (RFC 2617) over UDP and TCP.
type RegistrarOptions struct {
	SHA256       bool          // ask for passwords with SHA-256 (RFC 8760), which Baresip does not know
	TLS          bool          // listen for TLS, too, with a certificate for 127.0.0.1 that nobody has signed
	NonceExpires time.Duration // how long a challenge can be answered; 0 is a minute
	MinExpires   time.Duration // the shortest registration (423 below that); 0 is a second
	MaxExpires   time.Duration // the longest one; 0 is an hour
	Presence     bool          // it tells who subscribes of what others publish: dialog, presence and message-summary
}

// Registrar is Kamailio: a registrar and a proxy that asks whoever calls for a password. It knows the users 1001 to 1009, with the
// passwords secret1001 and so on, and everybody whose number begins with 9, with the password secret. Others are 404, those who are not
// registered 480.
type Registrar struct {
	Address     string // host:port, over UDP and TCP
	TLS         string // host:port over TLS; "" without
	Certificate string // the file of the certificate; "" without TLS
	t           testing.TB
	folder      string
	process     *program.Program
	group       int // of its processes
}

// settings are what kamailio.cfg is filled with.
type settings struct {
	Modules, Folder, Certificate, Key, Algorithm string
	Port, TLSPort                                int
	NonceExpires, MinExpires, MaxExpires         int // seconds
	Users                                        map[string]string
	Presence                                     bool
}

// StartRegistrar starts one, and returns when it answers.
func StartRegistrar(t testing.TB, opt RegistrarOptions) *Registrar {
	t.Helper()
	need(t, "kamailio")
	first := ports(t, 2)
	r := &Registrar{t: t, Address: address(first), folder: folder(t)}
	s := settings{
		Folder: r.folder, Port: first, TLSPort: first + 1, Algorithm: "MD5", Users: map[string]string{},
		NonceExpires: seconds(opt.NonceExpires, time.Minute), MinExpires: seconds(opt.MinExpires, time.Second),
		MaxExpires: seconds(opt.MaxExpires, time.Hour), Presence: opt.Presence,
	}
	modules, err := filepath.Glob("/usr/lib/*/kamailio/modules") // one folder for each architecture
	if err != nil || len(modules) == 0 {
		t.Fatalf("the modules of Kamailio are not found: %v", err)
	}
	s.Modules = modules[0] + "/"
	if _, err := os.Stat(s.Modules + "presence.so"); opt.Presence && err != nil {
		program.Lacking(t, "kamailio-presence-modules", err.Error())
	}
	if opt.SHA256 {
		s.Algorithm = "SHA-256"
	}
	if opt.TLS {
		s.Certificate, s.Key = certificate(t, r.folder)
		r.Certificate, r.TLS = s.Certificate, address(first+1)
	}
	for user := 1001; user <= 1009; user++ {
		s.Users[fmt.Sprint(user)] = fmt.Sprintf("secret%d", user)
	}
	var text strings.Builder
	if err := template.Must(template.New("").Parse(kamailio)).Execute(&text, s); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.config(), []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	r.Start()
	return r
}

func (r *Registrar) config() string { return filepath.Join(r.folder, "kamailio.cfg") }

// Start starts it again after Stop, with nobody registered.
func (r *Registrar) Start() {
	r.t.Helper()
	cmd := program.Command(r.t, "kamailio", "-f", r.config(), "-Y", r.folder, "-P", filepath.Join(r.folder, "pid"),
		"-m", "64", "-M", "8", "-DD")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // for Stop
	p := program.Run(r.t, cmd)
	r.process, r.group = p, cmd.Process.Pid
	r.t.Cleanup(r.Stop)
	until(r.t, "an answer of Kamailio", func() (string, bool) {
		select {
		case <-p.Done():
			r.t.Fatalf("Kamailio has ended:\n%s", p.Said())
		default:
		}
		err := Ping(r.t.Context(), r.Address)
		return fmt.Sprint(err), err == nil
	})
}

// Stop ends it. Whoever was registered is forgotten. Asked to end, it would now and then wait for ever for one of its processes, and killed
// alone it would leave them behind.
func (r *Registrar) Stop() {
	r.t.Helper()
	select {
	case <-r.process.Done():
	default:
		_ = syscall.Kill(-r.group, syscall.SIGKILL) // it may have ended
	}
	r.process.Kill()
}

// Account is that of a user, one of those that it knows.
func (r *Registrar) Account(user string) Account {
	password := "secret" + user
	if strings.HasPrefix(user, "9") {
		password = "secret"
	}
	return Account{User: user, Password: password, Domain: r.Address}
}

// Contacts are the addresses that a user is registered with; none if he is not.
func (r *Registrar) Contacts(user string) []string {
	r.t.Helper()
	answer, err := r.ask("ul.lookup", "location", user)
	if err != nil {
		r.t.Fatal(err)
	}
	var found struct {
		Result struct {
			Contacts []struct {
				Contact struct {
					Address string
				}
			}
		}
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		r.t.Fatalf("%v in %s", err, answer)
	}
	var all []string
	for _, c := range found.Result.Contacts {
		all = append(all, c.Contact.Address)
	}
	return all
}

// AwaitContacts waits until a user is registered with so many addresses.
func (r *Registrar) AwaitContacts(user string, n int) {
	r.t.Helper()
	until(r.t, fmt.Sprintf("%d contacts of %s", n, user), func() (string, bool) {
		all := r.Contacts(user)
		return fmt.Sprint(all), len(all) == n
	})
}

// ask asks Kamailio itself (its module jsonrpcs) from a socket of our own, which an answer needs.
func (r *Registrar) ask(method string, params ...string) ([]byte, error) {
	to := &net.UnixAddr{Name: filepath.Join(r.folder, "rpc"), Net: "unixgram"}
	from := &net.UnixAddr{Name: filepath.Join(r.folder, "asks"), Net: "unixgram"}
	defer func() { _ = os.Remove(from.Name) }()
	c, err := net.DialUnix("unixgram", from, to)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.Close() }()
	question, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		return nil, err
	}
	if _, err := c.Write(question); err != nil {
		return nil, err
	}
	if err := c.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return nil, err
	}
	answer := make([]byte, 1<<16)
	n, err := c.Read(answer)
	return answer[:n], err
}

// folder is one of the test's own with a short name: that of a socket in it may have 107 bytes (unix(7)).
func folder(t testing.TB) string {
	t.Helper()
	name, err := os.MkdirTemp("", "sip-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(name) })
	return name
}

func seconds(d, standard time.Duration) int {
	if d == 0 {
		d = standard
	}
	return int(d / time.Second)
}
