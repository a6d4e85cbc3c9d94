// A key that gave no answer (cancelled, unknown, not there): the page says so in words.
document.addEventListener('allauth.error', function (event) {
  const problem = document.getElementById('passkey-problem')
  if (problem) {
    problem.hidden = false
    event.preventDefault()
  }
})
