// A paper is printed as it is read.
document.getElementById("print").addEventListener("click", () => print());
