package jwt

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"sluice/api/auth"
)

// mediamtxClaim is the claim by which MediaMTX is told what a bearer may do.
const mediamtxClaim = "mediamtx_permissions"

// maxPermissions is how many entries a claim may have, maxRegexp how long an expression may be, in bytes.
const (
	maxPermissions = 1000
	maxRegexp      = 1024
)

// permits are what a bearer may do.
type permits struct {
	own   auth.Grant
	paths []path
}

// path is a permission as MediaMTX has it.
type path struct {
	action auth.Action
	exact  string         // "": any
	fits   *regexp.Regexp // nil: exact
}

func (p permits) allow(a auth.Action, stream string) bool {
	if p.own.Allows(a, stream) {
		return true
	}
	for _, one := range p.paths {
		if one.allows(a, stream) {
			return true
		}
	}
	return false
}

func (p path) allows(a auth.Action, stream string) bool {
	switch a {
	case auth.Enter:
		return p.action != auth.Metrics
	case auth.Metrics:
		return p.action == auth.Metrics || p.action == auth.Admin
	case auth.Admin:
		return p.action == auth.Admin
	case p.action:
		return p.fits != nil && p.fits.MatchString(stream) || p.fits == nil && (p.exact == "" || p.exact == stream)
	}
	return false
}

// permissions reads what a bearer may do: of the server's own claim, which may also have a list as MediaMTX has it, and of MediaMTX's.
// Neither is nothing.
func permissions(own, theirs any) (permits, error) {
	var p permits
	for _, claim := range []any{own, theirs} {
		if text, ok := claim.(string); ok { // some issuers can put only texts into claims
			var inner any
			if json.Unmarshal([]byte(text), &inner) != nil {
				return permits{}, errors.New("the claim of permissions is no JSON")
			}
			claim = inner
		}
		var err error
		switch claim := claim.(type) {
		case nil:
		case map[string]any:
			p.own, err = ownPermissions(claim)
		case []any:
			err = p.addPaths(claim)
		default:
			err = errors.New("the claim of permissions is neither an object nor a list")
		}
		if err != nil {
			return permits{}, err
		}
	}
	return p, nil
}

// ownPermissions reads {"publish": ["live/*"], "play": ["**"], "admin": false, "metrics": false}. A word that is not known is an error,
// since it may have been meant to be one of these.
func ownPermissions(claim map[string]any) (auth.Grant, error) {
	var said struct {
		Publish []string `json:"publish"`
		Play    []string `json:"play"`
		Admin   bool     `json:"admin"`
		Metrics bool     `json:"metrics"`
	}
	if err := strictly(claim, &said); err != nil {
		return auth.Grant{}, errors.New("the claim of permissions has other members than publish, play, admin and metrics, or other types")
	}
	if len(said.Publish)+len(said.Play) > maxPermissions {
		return auth.Grant{}, errors.New("the claim of permissions is too long")
	}
	return auth.NewGrant(said.Publish, said.Play, said.Admin, said.Metrics)
}

// addPaths reads [{"action": "publish", "path": "cam"}, {"action": "read", "path": "~^live/"}]. Actions that are not the server's permit
// nothing.
func (p *permits) addPaths(claim []any) error {
	if len(claim) > maxPermissions {
		return errors.New("the claim of permissions is too long")
	}
	actions := map[string]auth.Action{"publish": auth.Publish, "read": auth.Play, "api": auth.Admin, "metrics": auth.Metrics}
	for _, item := range claim {
		var said struct {
			Action string `json:"action"`
			Path   string `json:"path"`
		}
		if err := strictly(item, &said); err != nil {
			return errors.New("the claim of permissions has an entry that is not of an action and a path")
		}
		one := path{action: actions[said.Action], exact: said.Path}
		if one.action == "" {
			continue
		}
		if text, ok := strings.CutPrefix(said.Path, "~"); ok {
			var err error
			if one.fits, err = regexp.Compile(text); err != nil || len(text) > maxRegexp {
				return errors.New("the claim of permissions has an expression that cannot be used")
			}
		}
		p.paths = append(p.paths, one)
	}
	return nil
}

func strictly(from, into any) error {
	b, err := json.Marshal(from)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(into)
}
