module.exports = {
  preset: "@preload/test-setup/jest",
};
