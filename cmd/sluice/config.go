package main

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sluice/api/auth"
	"sluice/cmd/sluice/config"
	"sluice/engine/spec"
)

// configFlags say which configuration is meant.
type configFlags struct {
	file   string
	dev    bool
	graphs bool // --graphs was given
}

func (f *configFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.file, "config", "",
		"the configuration file (default ./sluice.yaml or /etc/sluice/sluice.yaml; also SLUICE_CONFIG)")
	c.Flags().BoolVar(&f.dev, "dev", false, "other defaults, for development: TLS with a self-signed certificate, clients on this machine")
}

func (a *app) configCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Show the configuration of the server, its schema, or make what it keeps in place of secrets",
		Long: `config tells about the configuration of ` + "`sluice serve`" + `:

  config show       what is in effect, and where each value is from; secrets are stars
  config schema     the JSON Schema of the file, for editors
  config docs       every key, in Markdown
  config password   the hash of a password, read from standard input, for auth.users
  config key        a new secret, and what auth.keys and auth.tokens keep of it`,
		Example: `  sluice config show
  sluice config schema > sluice.schema.json
  echo -n 'correct horse' | sluice config password`,
		Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.configShowCmd(),
		&cobra.Command{
			Use: "schema", Short: "Print the JSON Schema of the file", Args: args(cobra.NoArgs),
			RunE: func(*cobra.Command, []string) error { return writeJSON(a.out, config.Schema()) },
		},
		&cobra.Command{
			Use: "docs", Short: "Print every key, in Markdown", Args: args(cobra.NoArgs),
			RunE: func(*cobra.Command, []string) error { _, err := io.WriteString(a.out, configPage()); return err },
		},
		&cobra.Command{
			Use: "password", Short: "Print the hash of a password that is read from standard input", Args: args(cobra.NoArgs),
			RunE: func(*cobra.Command, []string) error { return a.hash() },
		},
		&cobra.Command{
			Use: "key", Short: "Print a new secret, and what auth.keys and auth.tokens keep of it", Args: args(cobra.NoArgs),
			RunE: func(*cobra.Command, []string) error { return a.secret() },
		})
	return c
}

func (a *app) configShowCmd() *cobra.Command {
	var f configFlags
	c := &cobra.Command{
		Use: "show", Short: "Print what is in effect, and where each value is from", Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			f.graphs = c.Flags().Changed("graphs")
			loaded, err := a.configuration(&f)
			if err != nil {
				return err
			}
			if a.json {
				return loaded.JSON(a.out)
			}
			return loaded.YAML(a.out)
		},
	}
	f.add(c)
	a.wantsJSON(c)
	return c
}

// configOptions say where the configuration comes from.
func (a *app) configOptions(f *configFlags) config.Options {
	o := config.Options{
		Defaults: map[string]string{"graphs": presentFolder()}, Dev: f.dev, File: f.file, Env: os.Environ(),
		Flags: map[string]string{}, Origin: map[string]string{},
	}
	if f.graphs {
		o.Flags["graphs"], o.Origin["graphs"] = a.dir, "--graphs"
	}
	return o
}

// configuration reads the configuration and says what is wrong with it.
func (a *app) configuration(f *configFlags) (*config.Loaded, error) {
	loaded, found, err := config.Load(a.configOptions(f))
	if err != nil {
		return nil, err
	}
	failed := 0
	for _, d := range found {
		fmt.Fprintln(a.err, config.Line(d))
		if d.Severity == spec.Error {
			failed++
		}
	}
	if loaded == nil {
		fmt.Fprintf(a.err, "sluice: the configuration has %s\n", counted(failed, "error"))
		return nil, errFound
	}
	return loaded, nil
}

// counted reads "1 error", "2 errors".
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// hash prints what auth.users wants for a password.
func (a *app) hash() error {
	const longest = 1 << 10
	text, err := io.ReadAll(io.LimitReader(a.in, longest+1))
	if err != nil {
		return err
	}
	password := strings.TrimRight(string(text), "\r\n")
	if password == "" || len(password) > longest {
		return usageError{fmt.Errorf("a password of 1 to %d bytes is wanted on standard input", longest)}
	}
	_, err = fmt.Fprintln(a.out, auth.Hash(password))
	return err
}

// secret prints a new secret for auth.keys or auth.tokens. It goes where people keep it, and its sum into the configuration.
func (a *app) secret() error {
	text := rand.Text() // 130 bits: too many to guess, so that a fast hash is good enough for it
	_, err := fmt.Fprintf(a.out, "%s\nsha256:%x\n", text, sha256.Sum256([]byte(text)))
	return err
}

// configPage is the reference of all keys.
func configPage() string { return generated + config.Page() }
