package wire

import "strings"

// Codec is how the original server writes a codec, given by the name that sluice has for it.
func Codec(name string) string {
	switch name {
	case "opus":
		return "opus"
	case "aac":
		return "mpeg4-generic"
	}
	return strings.ToUpper(name)
}
