package digest

import "strings"

// parse reads the parameters of a challenge or of credentials; not ok if it is none of Digest. Names are in lower case, values without
// their quotes, with their escapes. Of a name that comes twice the first counts.
func parse(value string) (params map[string]string, ok bool) {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
	if !strings.EqualFold(scheme, "Digest") {
		return nil, false
	}
	params = map[string]string{}
	for rest = strings.TrimLeft(rest, " \t,"); rest != ""; rest = strings.TrimLeft(rest, " \t,") {
		name, behind, found := strings.Cut(rest, "=")
		if !found {
			return nil, false
		}
		var v string
		if v, rest, ok = one(strings.TrimLeft(behind, " \t")); !ok {
			return nil, false
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := params[name]; !twice {
			params[name] = v
		}
	}
	return params, true
}

// one reads a value, and gives what is behind it.
func one(text string) (value, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		value, rest, _ = strings.Cut(text, ",")
		return strings.TrimSpace(value), rest, true
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return text[1:i], text[i+1:], true
		}
	}
	return "", "", false
}

// offersAuth tells whether "auth" is one of the qualities of protection, and whether there are any.
func offersAuth(qop string) (auth, some bool) {
	for word := range strings.SplitSeq(qop, ",") {
		word = strings.TrimSpace(word)
		auth = auth || strings.EqualFold(word, "auth")
		some = some || word != ""
	}
	return auth, some
}
