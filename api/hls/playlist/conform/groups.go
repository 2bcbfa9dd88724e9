package conform

import (
	"slices"
	"strings"
)

// kinds are the attributes by which an EXT-X-STREAM-INF names groups, and with them the types of EXT-X-MEDIA.
const kinds = "AUDIO VIDEO SUBTITLES CLOSED-CAPTIONS"

// groups checks EXT-X-MEDIA, the groups that they make, and who names them.
func (c *checker) groups(m *multivariant) {
	groups := map[string][]attributes{} // by type and name
	for _, a := range m.media {
		c.rendition(a)
		key := a["TYPE"] + " " + a["GROUP-ID"]
		groups[key] = append(groups[key], a)
	}
	for key, group := range groups {
		c.group(key, group)
	}
	named := map[string]bool{}
	for _, s := range m.streams {
		for kind := range strings.FieldsSeq(kinds) {
			name, ok := s.attributes[kind]
			if !ok || name == "NONE" && kind == "CLOSED-CAPTIONS" {
				continue
			}
			key := kind + " " + name
			named[key] = true
			c.must(groups[key] != nil, "4.4.6.2", "%s names the group %s, which no EXT-X-MEDIA of that type has", s.uri, key)
		}
	}
	for key := range groups {
		c.should(named[key], "4.4.6.2.1", "nobody names the group %s", key)
	}
	c.alike(groups)
	c.countable(m.media)
}

// countable checks that sound of one name says its channels everywhere if it does anywhere, as they seem to differ.
func (c *checker) countable(all []attributes) {
	for _, a := range all {
		if a["TYPE"] != "AUDIO" || a["CHANNELS"] != "" {
			continue
		}
		twin := func(b attributes) bool { return b["TYPE"] == "AUDIO" && b["NAME"] == a["NAME"] && b["CHANNELS"] != "" }
		c.must(!slices.ContainsFunc(all, twin), "4.4.6.1", "one sound %s says its CHANNELS, and another does not", a["NAME"])
	}
}

// rendition checks one EXT-X-MEDIA.
func (c *checker) rendition(a attributes) {
	kind, name := a["TYPE"], a["NAME"]
	c.must(slices.Contains(strings.Fields(kinds), kind), "4.4.6.1", "the TYPE of an EXT-X-MEDIA is %q", kind)
	c.must(strings.Trim(name, `"`) != "", "4.4.6.1", "an EXT-X-MEDIA has no NAME")
	c.must(strings.Trim(a["GROUP-ID"], `"`) != "", "4.4.6.1", "%s has no GROUP-ID", name)
	_, uri := a["URI"]
	_, inside := a["INSTREAM-ID"]
	_, forced := a["FORCED"]
	_, channels := a["CHANNELS"]
	captions := kind == "CLOSED-CAPTIONS"
	c.must(uri || kind != "SUBTITLES", "4.4.6.1", "the subtitles %s have no URI", name)
	c.must(!uri || !captions, "4.4.6.1", "the captions %s have a URI", name)
	c.must(inside == captions, "4.4.6.1", "INSTREAM-ID is for captions, and needed by them: %s", name)
	c.must(!forced || kind == "SUBTITLES", "4.4.6.1", "FORCED is for subtitles: %s", name)
	c.must(a["DEFAULT"] != "YES" || a["AUTOSELECT"] != "NO", "4.4.6.1", "%s is DEFAULT=YES and AUTOSELECT=NO", name)
	c.should(channels || kind != "AUDIO", "4.4.6.1", "the sound %s does not say its CHANNELS", name)
	count, _, _ := strings.Cut(strings.Trim(a["CHANNELS"], `"`), "/")
	c.must(!channels || digits(count) && strings.Trim(count, "0") != "", "4.4.6.1", "%s has CHANNELS %s, no number", name, a["CHANNELS"])
	c.must(!channels || kind == "AUDIO", "4.4.6.1", "CHANNELS are for sound: %s", name)
}

// group checks the members of one.
func (c *checker) group(key string, group []attributes) {
	names, byDefault := map[string]bool{}, 0
	for _, a := range group {
		c.must(!names[a["NAME"]], "4.4.6.1.1", "two of the group %s are called %s", key, a["NAME"])
		names[a["NAME"]] = true
		if a["DEFAULT"] == "YES" {
			byDefault++
		}
	}
	c.must(byDefault <= 1, "4.4.6.1.1", "%d of the group %s are DEFAULT=YES", byDefault, key)
}

// alike checks that groups of a type have the same members.
func (c *checker) alike(groups map[string][]attributes) {
	names := map[string]string{}
	for key, group := range groups {
		kind, _, _ := strings.Cut(key, " ")
		var all []string
		for _, a := range group {
			all = append(all, a["NAME"])
		}
		slices.Sort(all)
		list := strings.Join(all, ",")
		other, ok := names[kind]
		c.must(!ok || other == list, "4.4.6.1.1", "groups of %s have other members: %s and %s", kind, other, list)
		names[kind] = list
	}
}
