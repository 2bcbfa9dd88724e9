// Package access puts together who decides what clients may do, as the configuration has it: its users, tokens and keys, then signed
// tokens, then a back end. It decides nothing itself.
package access

import (
	"log/slog"
	"sync"
	"time"

	"sluice/api/auth"
	"sluice/api/auth/callback"
	"sluice/api/auth/jwt"
)

// Access decides by a Config, which can be changed. Safe for concurrent use.
type Access struct {
	*auth.Chain
	static *auth.Static
	log    *slog.Logger

	mu   sync.Mutex
	now  auth.Config
	keys *jwt.Keys       // nil: none
	http *callback.Judge // nil: none
}

// New makes an Access, which may begin to read keys. A bad configuration is fault.InvalidParams, with the key as its place. Close ends
// what was begun.
func New(c auth.Config, log *slog.Logger) (*Access, error) {
	if err := Check(c); err != nil {
		return nil, err
	}
	static, err := auth.New(c)
	if err != nil {
		return nil, err
	}
	a := &Access{Chain: auth.NewChain(static, log), static: static, log: log}
	return a, a.Set(c)
}

// Check finds what is wrong with a configuration, as New does, and begins nothing.
func Check(c auth.Config) error {
	if _, err := auth.New(c); err != nil {
		return err
	}
	if c.JWT != nil {
		if err := jwt.Check(*c.JWT); err != nil {
			return err
		}
	}
	if c.HTTP != nil {
		return callback.Check(*c.HTTP)
	}
	return nil
}

// Set decides by another Config from now on. A bad one changes nothing. Keys of tokens that were read are kept if they are still to be
// had at the same place, and so is who was slowed down for guessing.
func (a *Access) Set(c auth.Config) error {
	if err := Check(c); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	keys, old := a.keys, a.keys
	if where(c.JWT) != where(a.now.JWT) {
		keys = nil
		if w := where(c.JWT); w != (place{}) {
			keys = jwt.NewKeys(w.from, w.refresh, w.timeout, a.log)
		}
	}
	further, back, err := judges(c, keys)
	if err == nil {
		err = a.tighten(c, further)
	}
	if err != nil {
		if keys != nil && keys != old {
			keys.Close()
		}
		return err
	}
	if old != nil && old != keys {
		old.Close()
	}
	if a.http != nil {
		a.http.Close()
	}
	a.now, a.keys, a.http = c, keys, back
	return nil
}

// tighten puts a Config and its judges in force. Between the two nobody is let in by what is true of neither: as long as there are judges
// to be, what nobody has to be known for is that of the Config, which knows of them.
func (a *Access) tighten(c auth.Config, further []auth.Judge) error {
	if err := a.static.Set(c); err != nil {
		return err
	}
	a.Use(further...)
	return nil
}

// judges are those of a Config that are asked after its users, tokens and keys.
func judges(c auth.Config, keys *jwt.Keys) (further []auth.Judge, back *callback.Judge, err error) {
	if c.JWT != nil {
		j, err := jwt.New(*c.JWT, keys)
		if err != nil {
			return nil, nil, err
		}
		further = append(further, j)
	}
	if c.HTTP != nil {
		if back, err = callback.New(*c.HTTP); err != nil {
			return nil, nil, err
		}
		further = append(further, back)
	}
	return further, back, nil
}

// Close ends what New and Set began. Decisions can still be asked for.
func (a *Access) Close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.keys != nil {
		a.keys.Close()
	}
	if a.http != nil {
		a.http.Close()
	}
}

// place is where keys are read; the zero value is nowhere.
type place struct {
	from             string
	refresh, timeout time.Duration
}

func where(c *auth.JWTConfig) place {
	if c == nil || c.JWKS == "" {
		return place{}
	}
	return place{c.JWKS, c.Refresh, c.Timeout}
}
