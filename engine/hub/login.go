package hub

import "strings"

// HasLogin tells whether a name is an address with somebody's login, as a camera's may be that is fetched for who plays it. Such a name is
// nothing for all who may see which streams there are.
func HasLogin(name string) bool {
	_, rest, address := strings.Cut(name, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return address && strings.Contains(rest, "@")
}
