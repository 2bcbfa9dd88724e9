package measure

import (
	"sluice/engine/caps"
	"sluice/engine/fault"
)

// number gives a whole number that caps fix; 0 if they do not.
func number(c caps.Caps, field string) int {
	v, _ := c.Get(field)
	n, _ := v.(int64)
	return int(n)
}

// word gives a text that caps fix; "" if they do not.
func word(c caps.Caps, field string) string {
	v, _ := c.Get(field)
	s, _ := v.(string)
	return s
}

// isType tells whether caps are of one media type in plain memory.
func isType(c caps.Caps, name string) bool {
	plain, err := caps.Parse(name)
	return err == nil && !c.IsEmpty() && caps.Subset(c, plain)
}

func unreadable(c caps.Caps) error {
	return fault.New(fault.InvalidParams, "", "%q cannot be measured", c.String()).
		Advise("put videoconvert or audioconvert with caps behind the node, and look there")
}
