package wire

// App is an application: what a page says in its appKey, and the back end that is asked about it.
type App struct {
	Key      string   `json:"key" example:"shop"`
	Name     string   `json:"name"`
	URL      string   `json:"url,omitempty" doc:"Of its back end, if it has one." example:"https://backend.example.org/hooks"`
	Username string   `json:"username,omitempty" doc:"Who the server is there."`
	Password bool     `json:"password" doc:"Whether it shows a password there."`
	Signed   bool     `json:"signed" doc:"Whether calls are signed."`
	Methods  []string `json:"methods,omitempty" doc:"Those that the back end has; none: all."`
	Fail     []string `json:"fail,omitempty" doc:"Those whose failure refuses what was asked, where connect does not say."`
	Source   string   `json:"source" enum:"config,file,database" doc:"Where it is from. Only those of the file can be changed here."`
	Secret   string   `json:"secret,omitempty" doc:"That calls are signed with: told once, to who had it made."`
}

// AppDraft is what an application is to be. It takes the place of what was there: what is left out it does not have.
type AppDraft struct {
	Name     string   `json:"name,omitempty" maxLength:"128" doc:"What it is called; left out: as its key."`
	URL      string   `json:"url,omitempty" maxLength:"2048" doc:"Of its back end. Its host has to be one of rest.hosts."`
	Username string   `json:"username,omitempty" maxLength:"128" doc:"Who the server is there (Basic)."`
	Password string   `json:"password,omitempty" maxLength:"1024" doc:"The proof of that."`
	Secret   string   `json:"secret,omitempty" maxLength:"1024" doc:"That calls are signed with."`
	Sign     bool     `json:"sign,omitempty" doc:"Makes a new secret, which the answer tells."`
	Methods  []string `json:"methods,omitempty" maxItems:"100" doc:"Those that the back end has; left out: all."`
	Fail     []string `json:"fail,omitempty" maxItems:"100" doc:"Those whose failure refuses what was asked, where connect does not say."`
}
