package message

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Tokens are the words of all headers of a name, such as those of Supported, Require, Allow and Allow-Events.
func Tokens(m sip.Message, header string) []string {
	var words []string
	for _, h := range m.GetHeaders(header) {
		for word := range strings.SplitSeq(h.Value(), ",") {
			if word = strings.TrimSpace(word); word != "" {
				words = append(words, word)
			}
		}
	}
	return words
}

// Has tells whether one of the words of a header is token, in whatever case.
func Has(m sip.Message, header, token string) bool {
	for _, word := range Tokens(m, header) {
		if strings.EqualFold(word, token) {
			return true
		}
	}
	return false
}
