// Package dial finds the server that a command line is about: its address, what is shown to be let in, and whom to trust. Secrets come from
// files and from the environment, never from arguments, which everybody on a machine can see. It opens no connection.
package dial

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"sluice/api/rest/client"
	"sluice/engine/fault"
)

// Environment variables that stand for flags.
const (
	EnvServer   = "SLUICE_SERVER"
	EnvToken    = "SLUICE_TOKEN"    //nolint:gosec // the name of one
	EnvPassword = "SLUICE_PASSWORD" //nolint:gosec // the name of one
)

// Flags are those with which a server is named.
type Flags struct {
	server, tokenFile, user, passwordFile, authority string
	insecure                                         bool
}

// Add adds the flags to a set.
func (f *Flags) Add(to *pflag.FlagSet) {
	to.StringVarP(&f.server, "server", "s", "", "address of the server's REST API (also "+EnvServer+"; default "+client.Default+")")
	to.StringVar(&f.tokenFile, "token-file", "", "file with the token to show (also "+EnvToken+", the token itself)")
	to.StringVar(&f.user, "user", "", "user to be, with the password in "+EnvPassword+" or --password-file")
	to.StringVar(&f.passwordFile, "password-file", "", "file with the user's password")
	to.StringVar(&f.authority, "ca-file", "", "trust certificates of the authorities in this PEM file only")
	to.BoolVar(&f.insecure, "insecure", false, "trust every certificate, as of a server that runs with --dev")
}

// Client makes a client for the server. Warnings are written to warn. A wrong use of the flags is a fault as client.New has them, or says
// which file cannot be read.
func (f *Flags) Client(agent string, warn io.Writer) (*client.Client, error) {
	show, err := f.credentials()
	if err != nil {
		return nil, err
	}
	secure, err := f.tls()
	if err != nil {
		return nil, err
	}
	c, err := client.New(client.Options{
		Server: cmp.Or(f.server, os.Getenv(EnvServer)), Credentials: show, TLS: secure, Agent: agent,
	})
	if err != nil {
		return nil, err
	}
	if c.Open() && show != (client.Credentials{}) {
		fmt.Fprintf(warn, "sluice: %s goes to %s in the clear; write https:// where others might listen\n", show, c.Server())
	}
	return c, nil
}

// credentials are what to show. Flags win over the environment.
func (f *Flags) credentials() (client.Credentials, error) {
	var out client.Credentials
	var err error
	switch {
	case f.user != "" && f.tokenFile != "":
		return out, fault.New(fault.InvalidRequest, "", "there are two kinds of credentials").Advise("give --user or --token-file")
	case f.passwordFile != "" && f.user == "":
		return out, fault.New(fault.InvalidRequest, "", "there is a password without a user").Advise("give --user, too")
	case f.user != "":
		out.User, out.Password = f.user, os.Getenv(EnvPassword)
		if f.passwordFile != "" {
			out.Password, err = secret(f.passwordFile)
		}
	case f.tokenFile != "":
		out.Token, err = secret(f.tokenFile)
	default:
		out.Token = strings.TrimSpace(os.Getenv(EnvToken))
	}
	return out, err
}

// secret reads a file with one line.
func secret(file string) (string, error) {
	const most = 64 << 10
	in, err := os.Open(file)
	if err != nil {
		return "", unreadable(file, err)
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, most))
	if err != nil {
		return "", unreadable(file, err)
	}
	text := strings.TrimRight(string(data), "\r\n")
	if text == "" {
		return "", fault.New(fault.InvalidRequest, file, "there is nothing in it")
	}
	return text, nil
}

func unreadable(file string, err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return fault.New(fault.ResourceNotFound, file, "it cannot be read: %v", err)
}

// tls says whom to trust.
func (f *Flags) tls() (*tls.Config, error) {
	switch {
	case f.insecure && f.authority != "":
		return nil, fault.New(fault.InvalidRequest, "", "--insecure trusts everybody, --ca-file only some").Advise("give one of them")
	case f.insecure:
		return &tls.Config{InsecureSkipVerify: true}, nil //nolint:gosec // as the flag's name says
	case f.authority == "":
		return nil, nil //nolint:nilnil // as the system has it
	}
	data, err := os.ReadFile(f.authority)
	if err != nil {
		return nil, unreadable(f.authority, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fault.New(fault.InvalidRequest, f.authority, "there is no certificate in it").Advise("it has to be PEM")
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}
