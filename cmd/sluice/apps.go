package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sluice/api/apps"
	"sluice/api/hooks"
)

// appsFlags are those of an application that is put into the file.
type appsFlags struct {
	configFlags
	name, username string
	methods, fail  []string
	sign           bool
}

func (a *app) appsCmd() *cobra.Command {
	var f configFlags
	c := &cobra.Command{
		Use:   "apps",
		Short: "List applications and their back ends, and keep them in the server's file",
		Long: `apps lists the applications whose back ends are asked about pages: those of the configuration, of the file that
"apps.file" names, and of a WCS's database.yml ("apps.database"). A server that runs takes changes of the files by itself.

  apps           what there is; secrets are not told
  apps put       adds an application to the file, or changes the one with its key there
  apps remove    removes one from the file`,
		Example: `  sluice apps
  sluice apps put shop https://backend.example.org/hooks --sign
  sluice apps put defaultApp https://backend.example.org/wcs --username wcs < password
  sluice apps remove shop`,
		Args: args(cobra.NoArgs),
		RunE: func(_ *cobra.Command, _ []string) error {
			list, err := a.applications(&f)
			if err != nil {
				return err
			}
			return a.listApps(list.All())
		},
	}
	f.add(c)
	a.wantsJSON(c)
	c.AddCommand(a.appsPutCmd(), a.appsRemoveCmd())
	return c
}

func (a *app) appsPutCmd() *cobra.Command {
	var f appsFlags
	c := &cobra.Command{
		Use: "put KEY [URL]", Short: "Add an application to the file, or change it", Args: args(cobra.RangeArgs(1, 2)),
		RunE: func(_ *cobra.Command, list []string) error { return a.putApp(&f, list[0], strings.Join(list[1:], "")) },
	}
	f.add(c)
	c.Flags().StringVar(&f.name, "name", "", "what it is called")
	c.Flags().StringVar(&f.username, "username", "", "who the server is at the back end; the password is the first line of standard input")
	c.Flags().StringSliceVar(&f.methods, "methods", nil, "methods that the back end has (default all)")
	c.Flags().StringSliceVar(&f.fail, "fail", nil, "methods whose failure refuses what was asked")
	c.Flags().BoolVar(&f.sign, "sign", false, "sign calls by a new secret, which is printed")
	return c
}

func (a *app) appsRemoveCmd() *cobra.Command {
	var f configFlags
	c := &cobra.Command{
		Use: "remove KEY", Short: "Remove an application from the file", Args: args(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, list []string) error {
			all, err := a.applications(&f)
			if err != nil {
				return err
			}
			return all.Remove(list[0])
		},
	}
	f.add(c)
	return c
}

// applications are those of the configuration.
func (a *app) applications(f *configFlags) (*apps.Apps, error) {
	loaded, err := a.configuration(f)
	if err != nil {
		return nil, err
	}
	return apps.New(apps.Options{
		Config: loaded.Apps.List, File: loaded.Apps.File, Database: loaded.Apps.Database,
		Log: warnings(a.err),
	})
}

// putApp adds or changes an application, with a secret where it is to have one.
func (a *app) putApp(f *appsFlags, key, url string) error {
	for _, m := range slices.Concat(f.methods, f.fail) {
		if _, ok := hooks.Known(m); !ok {
			return usageError{fmt.Errorf("%.40q is no method of a back end", m)}
		}
	}
	one := apps.App{Key: key, Name: f.name, URL: strings.TrimRight(url, "/"), Username: f.username, Methods: f.methods, Fail: f.fail}
	if f.username != "" {
		const longest = 1 << 10
		line, err := bufio.NewReader(io.LimitReader(a.in, longest+1)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		one.Password = strings.TrimRight(line, "\r\n")
	}
	if f.sign {
		one.Secret = rand.Text()
	}
	all, err := a.applications(&f.configFlags)
	if err != nil {
		return err
	}
	if err := all.Put(one); err != nil {
		return err
	}
	if f.sign {
		_, err = fmt.Fprintln(a.out, one.Secret)
	}
	return err
}

// toldApp is an application as it is told.
type toldApp struct {
	Key     string   `json:"key"`
	Name    string   `json:"name"`
	URL     string   `json:"url,omitempty"`
	User    string   `json:"username,omitempty"`
	Signed  bool     `json:"signed"`
	Methods []string `json:"methods,omitempty"`
	Fail    []string `json:"fail,omitempty"`
}

func (a *app) listApps(all []apps.App) error {
	out := make([]toldApp, 0, len(all))
	for _, one := range all {
		out = append(out, toldApp{
			Key: one.Key, Name: one.Called(), URL: one.URL, User: one.Username, Signed: one.Secret != "", Methods: one.Methods, Fail: one.Fail,
		})
	}
	if a.json {
		return writeJSON(a.out, out)
	}
	for _, one := range out {
		where := one.URL
		if where == "" {
			where = "no back end"
		}
		fmt.Fprintf(a.out, "%-24s %-24s %s\n", one.Key, one.Name, where)
	}
	return nil
}
