package config

import (
	"errors"

	"sluice/api/rest/guard"
	"sluice/engine/fault"
	"sluice/engine/value"
)

// inside says what lists of hosts are about this machine and private networks.
const inside = "Addresses of this machine and of private networks have to be named, by address or network, or all together by the word " +
	"`private`: neither `*` nor a name that leads there is enough."

// restful are the keys of the REST API. What it lets callers touch is nothing by default.
func restful() []Key {
	const (
		many   = 1000
		utmost = 100_000
	)
	return []Key{
		texts("rest.listen", []string{"127.0.0.1:8081"}, func(c *Config) *[]string { return &c.REST.Listen },
			"Addresses for the REST API over HTTP. An empty list turns them off. Only this machine can reach the usual one; before you "+
				"open it to others, give yourself a user or a token with `admin: true`.").checked(listens),
		texts("rest.tls_listen", []string{"127.0.0.1:8444"}, func(c *Config) *[]string { return &c.REST.TLSListen },
			"The same over HTTPS. They are only listened on if there is a certificate.").checked(listens),
		whole("rest.pipelines", many, 1, utmost, func(c *Config) *int { return &c.REST.Pipelines },
			"Graphs that may run for callers to start another."),
		toggle("rest.write", func(c *Config) *bool { return &c.REST.Write },
			"Callers may write graphs into the folder of your graphs, and remove them."),
		files("rest.folders", func(c *Config) *[]string { return &c.REST.Folders },
			"Folders in which, and below which, graphs of callers may read and write files. What events start that was put into the "+
				"folder of your graphs by hand may touch what it likes; this and the next two are about callers.").
			unset("none").like("/var/lib/sluice/recordings"),
		texts("rest.hosts", nil, func(c *Config) *[]string { return &c.REST.Hosts },
			"Hosts that graphs of callers may connect to and listen on: names, `*.example.org`, addresses, networks, each also with a "+
				"port, or `*` for all. "+inside).
			unset("none").like("cam.example.org:554").checked(reachable),
		texts("rest.elements", nil, func(c *Config) *[]string { return &c.REST.Elements },
			"Elements that graphs of callers may use whatever they touch.").unset("none").like("v4l2src"),
		texts("rest.environment", nil, func(c *Config) *[]string { return &c.REST.Environment },
			"Variables of the server's environment that graphs which callers write may read as `$env.NAME`, also by the fragments that they "+
				"use. Graphs that were put into the folder by hand may read what `environment` lets them.").unset("none").like("CAMERA_HOST"),
	}
}

// metrics are the keys of what Prometheus reads.
func metrics() []Key {
	return []Key{
		texts("metrics.listen", []string{"127.0.0.1:7777"}, func(c *Config) *[]string { return &c.Metrics.Listen },
			"Addresses for metrics over HTTP, at `/metrics`. An empty list turns them off. Only this machine can reach the usual one; before "+
				"you open it to others, give Prometheus a user or a token with `metrics: true`.").checked(listens),
		texts("metrics.tls_listen", nil, func(c *Config) *[]string { return &c.Metrics.TLSListen },
			"The same over HTTPS. They are only listened on if there is a certificate.").like(":7778").checked(listens),
		toggle("metrics.streams", func(c *Config) *bool { return &c.Metrics.Streams },
			"Tells of streams one by one, by their names: the first 1,000, and of the others the sum."),
	}
}

// files is a key with a list of files or folders.
func files[C any](name string, field func(*C) *[]string, about string) Key {
	k := texts(name, nil, field, about)
	k.Type.Item = &value.Constraint{Type: value.File}
	return k
}

// reachable takes what the guard of the REST API has as a host.
func reachable(text string) error {
	_, err := guard.New(guard.Rules{Hosts: []string{text}}, nil)
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		return fault.New(fault.InvalidParams, "", "%s", f.Msg).Advise("write for example cam.example.org:554 or 10.1.0.0/16")
	}
	return err
}
