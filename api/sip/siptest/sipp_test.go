package siptest

import "testing"

// TestScenarios has SIPp play with itself, so that it is not the scenarios that are wrong.
func TestScenarios(t *testing.T) {
	for _, tc := range []struct {
		callee, caller string
		words          map[string]string
	}{
		{callee: "answer", caller: "call"},
		{callee: "early", caller: "call"},
		{callee: "ringing", caller: "call"},
		{callee: "answer", caller: "clumsy"},
		{callee: "refuse", caller: "refused", words: map[string]string{"status": "486"}},
	} {
		t.Run(tc.callee+" "+tc.caller, func(t *testing.T) {
			words := map[string]string{}
			for k, v := range tc.words {
				words[k] = v
			}
			callee := StartSIPp(t, SIPpOptions{Scenario: Scenarios(3, tc.callee), Words: words})
			words["to"] = "somebody@" + callee.Address
			caller := StartSIPp(t, SIPpOptions{Scenario: Scenarios(3, tc.caller), Words: words, To: callee.Address})
			caller.Wait()
			callee.Wait()
		})
	}
}

// TestRegistrations registers many.
func TestRegistrations(t *testing.T) {
	r := StartRegistrar(t, RegistrarOptions{})
	all := []Account{r.Account("9001"), r.Account("9002"), r.Account("9003")}
	StartSIPp(t, SIPpOptions{Scenario: Scenarios(3, "register"), To: r.Address, Accounts: all, Calls: 3}).Wait()
	for _, a := range all {
		r.AwaitContacts(a.User, 1)
	}
}
