package draw

// measure estimates how wide text is in a sans-serif typeface, in pixels. It is generous: the widths are those of DejaVu
// Sans, one of the widest that a system may choose, so that text fits its box in narrower ones too.
func measure(text string, size int, bold bool) int {
	thousandths := 0
	for _, r := range text {
		thousandths += width(r)
	}
	if bold {
		thousandths += thousandths / 9
	}
	return (thousandths*size + 999) / 1000
}

// width of a character in thousandths of the type size.
func width(r rune) int {
	switch {
	case r > 0x2e80:
		return 1000 // scripts of square characters, and pictures
	case r > 0x7f:
		return 660
	}
	switch r {
	case 'i', 'j', 'l', '\'':
		return 278
	case ' ', '.', ',', ':', ';', '|', '/', '\\', 'I':
		return 340
	case 'f', 't', 'r', '-', '(', ')', '[', ']', '!', '`', '"':
		return 400
	case 'm', 'M', 'w', 'W', '@', '%', '#', '&', '+', '=', '<', '>', '~':
		return 900
	case 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'K', 'L', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'X', 'Y', 'Z':
		return 740
	}
	return 630
}
