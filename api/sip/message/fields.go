package message

import (
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// fields reads the header fields into a message. It goes on behind one that is wrong, so that the message can be answered.
func fields(m sip.Message, lines []string) *Malformed {
	var wrong *Malformed
	seen := map[string]string{}
	count := 0
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		name = canonical(strings.TrimSpace(name))
		value = strings.TrimSpace(value)
		if !ok || !Token(name) {
			wrong = first(wrong, bad("a line is no header"))
			continue
		}
		if single(name) {
			if before, twice := seen[name]; twice {
				if before != value {
					wrong = first(wrong, bad("%s is there twice", name))
				}
				continue
			}
			seen[name] = value
		}
		values := []string{value}
		if list(name) {
			parts, why := split(value)
			values, wrong = parts, first(wrong, why)
		}
		if count += len(values); count > maxFields {
			return first(wrong, bad("more than %d header fields", maxFields))
		}
		for _, v := range values {
			h, why := field(name, v)
			if why != nil {
				wrong = first(wrong, why)
				h = sip.NewHeader(name, v)
			}
			m.AppendHeader(h)
		}
	}
	return wrong
}

// canonical is the long form of a name (RFC 3261 7.3.3, and those of extensions), as sipgo writes those that it knows.
func canonical(name string) string {
	long := map[string]string{
		"a": "Accept-Contact", "b": "Referred-By", "c": "Content-Type", "d": "Request-Disposition", "e": "Content-Encoding", "f": "From",
		"i": "Call-ID", "j": "Reject-Contact", "k": "Supported", "l": "Content-Length", "m": "Contact", "n": "Identity-Info", "o": "Event",
		"r": "Refer-To", "s": "Subject", "t": "To", "u": "Allow-Events", "v": "Via", "x": "Session-Expires", "y": "Identity",
		"accept-contact": "Accept-Contact", "call-id": "Call-ID", "contact": "Contact", "content-length": "Content-Length",
		"content-type": "Content-Type", "cseq": "CSeq", "from": "From", "max-forwards": "Max-Forwards", "record-route": "Record-Route",
		"refer-to": "Refer-To", "referred-by": "Referred-By", "route": "Route", "to": "To", "via": "Via", "require": "Require",
		"supported": "Supported", "event": "Event", "session-expires": "Session-Expires", "min-se": "Min-SE", "date": "Date",
		"authorization": "Authorization", "proxy-authorization": "Proxy-Authorization", "www-authenticate": "WWW-Authenticate",
		"proxy-authenticate": "Proxy-Authenticate", "expires": "Expires", "replaces": "Replaces",
	}
	if l, ok := long[strings.ToLower(name)]; ok {
		return l
	}
	return name
}

// single tells which headers a message has once (RFC 3261 7.3.1, 20).
func single(name string) bool {
	switch name {
	case "From", "To", "Call-ID", "CSeq", "Max-Forwards", "Content-Length", "Content-Type", "Refer-To", "Replaces", "Expires", "Date",
		"Session-Expires", "Min-SE", "Event":
		return true
	}
	return false
}

// list tells which headers are divided at commas here. Others are left to who reads them.
func list(name string) bool {
	switch name {
	case "Via", "Contact", "Route", "Record-Route":
		return true
	}
	return false
}

// field reads one value of a header.
func field(name, value string) (sip.Header, *Malformed) {
	switch name {
	case "Via":
		return readVia(value)
	case "From", "To", "Contact", "Route", "Record-Route", "Refer-To", "Referred-By":
		return addressed(name, value)
	case "CSeq":
		return cseq(value)
	case "Call-ID":
		return callID(value)
	case "Max-Forwards":
		n, err := strconv.ParseUint(value, 10, 8) // 0 to 255: RFC 3261 20.22
		if err != nil {
			return nil, bad("Max-Forwards is no number up to 255")
		}
		h := sip.MaxForwardsHeader(n)
		return &h, nil
	case "Content-Length":
		n, err := strconv.ParseUint(value, 10, 31)
		if err != nil {
			return nil, bad("Content-Length is no number")
		}
		h := sip.ContentLengthHeader(n)
		return &h, nil
	case "Content-Type":
		if !strings.Contains(value, "/") {
			return nil, bad("Content-Type is none")
		}
		h := sip.ContentTypeHeader(value)
		return &h, nil
	case "Date":
		if !strings.HasSuffix(value, "GMT") {
			return nil, bad("Date is not in GMT") // RFC 3261 20.17
		}
	}
	return sip.NewHeader(name, value), nil
}

func callID(value string) (sip.Header, *Malformed) {
	if value == "" || strings.ContainsAny(value, " \t") {
		return nil, bad("an empty or divided Call-ID")
	}
	if len(value) > maxName {
		return nil, bad("Call-ID is longer than %d octets", maxName)
	}
	h := sip.CallIDHeader(value)
	return &h, nil
}

// cseq reads number and method.
func cseq(value string) (sip.Header, *Malformed) {
	words := strings.Fields(value)
	if len(words) != 2 || !Token(words[1]) {
		return nil, bad("CSeq is no number with a method")
	}
	n, err := strconv.ParseUint(words[0], 10, 31) // below 2^31: RFC 3261 8.1.1.5
	if err != nil {
		return nil, bad("CSeq is no number below 2^31")
	}
	return &sip.CSeqHeader{SeqNo: uint32(n), MethodName: sip.RequestMethod(words[1])}, nil
}

// addressed reads a header that has an address.
func addressed(name, value string) (sip.Header, *Malformed) {
	if name == "Contact" && value == "*" {
		return &sip.ContactHeader{Address: sip.Uri{Wildcard: true, Host: "*"}}, nil
	}
	a, wrong := readAddr(value)
	if wrong != nil {
		return nil, wrong
	}
	var uri sip.Uri
	// What scheme there is matters in the request line only.
	if wrong = ReadURI(a.uri, &uri); wrong != nil && (wrong.Code != unsupportedScheme || sip.ParseUri(a.uri, &uri) != nil) {
		return nil, bad("%s: %s", name, wrong.Reason)
	}
	switch name {
	case "From":
		return &sip.FromHeader{DisplayName: a.display, Address: uri, Params: a.params}, nil
	case "To":
		return &sip.ToHeader{DisplayName: a.display, Address: uri, Params: a.params}, nil
	case "Contact":
		return &sip.ContactHeader{DisplayName: a.display, Address: uri, Params: a.params}, nil
	case "Route":
		return &sip.RouteHeader{Address: uri}, nil
	case "Record-Route":
		return &sip.RecordRouteHeader{Address: uri}, nil
	case "Refer-To":
		return &sip.ReferToHeader{Address: uri}, nil
	}
	return &sip.ReferredByHeader{DisplayName: a.display, Address: uri, Params: a.params}, nil
}
