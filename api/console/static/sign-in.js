// Whoever sees this page is not signed in any more: other tabs need not go on showing people and money.
new BroadcastChannel("pos-sim").postMessage("signed-out");
